import type { Row } from '../access-row.ts';
import { LEAD, PAIR, FOLLOW_A, KNOW_A, NEAR, NOBODY, ofStaff, ofCoordinators, BOOKING } from './actors.ts';

/** Pages of professionals. */
export const OF_PROFESSIONALS: Record<string, Row> = {
	'/(staff)/pro': {
		...ofStaff,
		actions: {
			// A call that is not theirs to make is answered like one that was made already, and nothing is noted.
			spoken: { form: { person: '{person}' } },
			// The step is the person's own: nobody's here.
			done: { for: NOBODY, form: { step: '{step}' } },
		},
	},
	'/(staff)/pro/agenda': {
		...ofStaff,
		actions: {
			outcome: { for: PAIR, form: { id: '{appointment}', outcome: 'revoked' } },
			absence: { for: PAIR, form: { id: '{appointment}', reason: 'other' } },
			subscribe: {},
			unsubscribe: {},
		},
	},
	'/(staff)/pro/agenda/disponibilites': {
		...ofStaff,
		actions: {
			add: { form: { weekday: '2', fromTime: '12:00', toTime: '09:00', mode: 'phone' } },
			remove: { form: { id: '{appointment}' } },
			away: { form: { fromDay: '2031-03-05', toDay: '2031-03-04' } },
			back: { form: { id: '{appointment}' } },
			follow: { form: { address_ics: 'x' } },
			leave: {},
		},
	},
	'/(staff)/pro/agenda/ateliers': { ...ofStaff, actions: { default: { form: { title: '', mode: 'phone' } } } },
	'/(staff)/pro/agenda/ateliers/[id]': {
		for: NEAR,
		at: '/pro/agenda/ateliers/{workshop}',
		actions: {
			join: { for: FOLLOW_A, form: { person: '{person}' } },
			propose: { for: FOLLOW_A, form: { person: '{person}' } },
			attendance: { for: LEAD, form: {} },
			move: { for: LEAD, form: { day: '2031-03-04', mode: 'phone' } },
			cancel: { for: LEAD, form: {} },
		},
	},
	'/(staff)/pro/agenda/inviter': {
		...ofStaff,
		actions: { default: { form: { type: 'follow_up', durationMinutes: '45' } } },
	},
	'/(staff)/pro/compte': { ...ofStaff, actions: { language: { form: { locale: 'fr' } }, others: {} } },
	'/(staff)/pro/demandes': ofStaff,
	'/(staff)/pro/demandes/[reference]': {
		for: KNOW_A,
		at: '/pro/demandes/{reference}',
		actions: {
			// Whoever comes second on a request of the territory is led to the list and told so.
			take: { for: [...KNOW_A, 'endedMember', 'colleague', 'decider'], form: { kind: 'socio_pro' } },
			assign: { for: ['coordinator'], form: { kind: 'socio_pro', accountId: '{colleague}' } },
			accept: { for: ['coordinator'], form: { kind: 'socio_pro', accountId: '{colleague}' } },
			// Sent to nobody's structure: nobody takes or declines it here.
			decline: { for: NOBODY, form: { why: 'full' } },
			// No structure of this name: were it sent to one, its people would know of A.
			send: { for: PAIR, form: { need: '{need}', structureId: '{need}' } },
			takeNeed: { for: NOBODY, form: { need: '{need}' } },
			// A need of housing: not for the member for mobility.
			lift: { for: PAIR, form: { need: '{need}' } },
			resume: { for: PAIR, form: { need: '{need}' } },
			declineNeed: { for: NOBODY, form: { need: '{need}', why: 'full' } },
		},
	},
	'/(staff)/pro/groupes': ofStaff,
	'/(staff)/pro/groupes/[id]': {
		for: [...PAIR, 'decider'],
		at: '/pro/groupes/{group}',
		actions: { decide: { for: PAIR }, move: { for: PAIR }, cancel: { for: PAIR } },
	},
	'/(staff)/pro/ouvrir': {
		...ofStaff,
		actions: {
			default: { form: { firstName: 'Nadia', lastName: 'Personne', birthDate: '1990-05-17', reason: 'Absence' } },
		},
	},
	'/(staff)/pro/demandes/[reference]/demenagement': {
		for: PAIR,
		at: '/pro/demandes/{reference}/demenagement',
		actions: { default: { form: { inseeCode: 'nulle part' } } },
	},
	'/(staff)/pro/demandes/[reference]/fiche': {
		for: PAIR,
		at: '/pro/demandes/{reference}/fiche',
		actions: { default: {} },
	},
	'/(staff)/pro/demandes/nouvelle': { ...ofStaff, actions: { default: { form: {} } } },
	// Nobody is like A: there is nothing to compare her with.
	'/(staff)/pro/demandes/[reference]/comparer': {
		for: NOBODY,
		at: '/pro/demandes/{reference}/comparer',
		actions: { same: {}, different: {} },
	},
	'/(staff)/pro/personnes': ofStaff,
	'/(staff)/pro/personnes/[id]': {
		for: KNOW_A,
		at: '/pro/personnes/{person}',
		actions: {
			invite: {
				for: LEAD,
				form: { accountId: '{colleague}', 'themes[]': ['other'], memberReason: 'Pour le logement' },
			},
			end: { for: NOBODY, form: { member: '{need}' } },
			second: {
				for: [...LEAD, 'coordinator'],
				form: { shown: '{need}', secondId: '{colleague}', secondReason: 'Elle part' },
			},
			spoken: { for: PAIR },
			note: { for: FOLLOW_A, form: { workingNote: 'À rappeler lundi' } },
		},
	},
	'/(staff)/pro/personnes/[id]/diagnostic': {
		for: FOLLOW_A,
		at: '/pro/personnes/{person}/diagnostic',
		actions: {
			plan: { for: PAIR },
			note: { form: { version_power: '0', level_power: 'low', note_power: '' } },
			share: { for: PAIR },
		},
	},
	'/(staff)/pro/personnes/[id]/parcours': {
		for: FOLLOW_A,
		at: '/pro/personnes/{person}/parcours',
		actions: {
			open: { for: PAIR, form: { kind: 'socio_pro' } },
			enter: { for: PAIR, form: { stage: '{stage}' } },
			add: { for: PAIR, form: { title: 'Écrire au bailleur', owner: 'person' } },
			reorient: { for: PAIR, form: { kind: 'social' } },
			close: { for: PAIR },
			handled: { for: NOBODY, form: { stage: '{need}' } },
			goal: { for: PAIR, form: { goalTheme: 'housing', goalText: 'Changer de logement' } },
			goalState: { for: PAIR, form: { goal: '{goal}', goalState: 'reached', version: '1' } },
			change: {
				for: PAIR,
				form: { step: '{step}', title: 'Autre titre', owner: 'person', state: 'planned', version: '1' },
			},
		},
	},
	'/(staff)/pro/personnes/[id]/identite': {
		for: [...PAIR, 'coordinator'],
		at: '/pro/personnes/{person}/identite',
		actions: {
			correct: { form: { firstName: '', lastName: '' } },
			send: { for: PAIR, form: { channel: 'other' } },
			prove: { for: PAIR, form: { code: '000000', channel: 'other' } },
		},
	},
	'/(staff)/pro/personnes/[id]/effacer': {
		for: ['coordinator'],
		at: '/pro/personnes/{person}/effacer',
		actions: { default: { form: { reason: 'asked', lastName: 'Quelqu’un d’autre' } } },
	},
	'/(staff)/pro/personnes/[id]/point': { for: PAIR, at: '/pro/personnes/{person}/point', actions: { default: {} } },
	'/(staff)/pro/personnes/[id]/groupe': { for: PAIR, at: '/pro/personnes/{person}/groupe', actions: { default: {} } },
	'/(staff)/pro/personnes/[id]/rendez-vous': {
		for: FOLLOW_A,
		at: '/pro/personnes/{person}/rendez-vous',
		actions: {
			book: { form: { ...BOOKING, day: '2031-03-04', time: '10:00' } },
			invite: { form: { ...BOOKING, day: '2031-03-05', time: '10:00' } },
			move: { for: PAIR, form: { id: '{appointment}', day: '2031-03-06', time: '10:00' } },
			offer: {
				for: PAIR,
				form: { id: '{appointment}', day: '2031-03-07', time: '10:00', day1: '2031-03-07', time1: '10:00' },
			},
			outcome: { for: PAIR, form: { id: '{appointment}', outcome: 'revoked' } },
			absence: { for: PAIR, form: { id: '{appointment}', reason: 'other' } },
		},
	},
	'/(staff)/pro/personnes/[id]/aides': {
		for: FOLLOW_A,
		at: '/pro/personnes/{person}/aides',
		actions: {
			open: { for: PAIR },
			follow: { for: PAIR, form: { body: 'caf' } },
			note: { for: NOBODY, form: { reference: '{need}', to: 'granted', on: '2026-01-05' } },
		},
	},
	'/(staff)/pro/aides': ofStaff,
	'/(staff)/pro/aides/[reference]': {
		for: ['decider'],
		at: '/pro/aides/{aidReference}',
		actions: { default: { form: { to: 'under_review', version: '1' } } },
	},
	'/(staff)/pro/aides/chiffres': ofCoordinators,
	'/(staff)/pro/aides/reglages': ofCoordinators,
	'/(staff)/pro/aides/reglages/[code]': {
		...ofCoordinators,
		at: '/pro/aides/reglages/childcare',
		actions: { default: { form: { version: '1' } } },
	},
	'/(staff)/pro/papiers/[id]': {
		for: PAIR,
		at: '/pro/papiers/{paper}',
		actions: { examine: {}, again: { form: { reason: 'cut', note: 'En entier' } } },
	},
	'/(staff)/pro/papiers/[id]/[page]': { for: PAIR, at: '/pro/papiers/{paper}/{paperPage}' },
	'/(staff)/pro/rappels': {
		...ofStaff,
		actions: {
			preview: { form: { 'people[]': ['{person}'], template: 'news', text: 'Pensez à vos papiers' } },
			edit: { form: { 'people[]': ['{person}'], template: 'news', text: 'Pensez à vos papiers' } },
			send: { for: FOLLOW_A, form: { 'people[]': ['{person}'], template: 'news', text: 'Pensez-y', batch: '{need}' } },
			undo: { form: { batch: '{batch}' } },
		},
	},
};
