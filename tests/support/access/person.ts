import type { Row } from '../access-row.ts';
import { PEOPLE, A, NOBODY, ofPeople } from './actors.ts';

/** A person’s own space. */
export const OF_PERSONS: Record<string, Row> = {
	'/(person)/accueil': ofPeople,
	'/(person)/compte': {
		for: [...PEOPLE, 'coparent'],
		// « Everywhere else » takes the phones of the account away, whose pages are posted to afterwards.
		actions: { language: { form: { locale: 'fr' } }, others: { endsSession: true } },
	},
	'/(person)/compte/acces': { ...ofPeople, actions: { object: { for: NOBODY, form: { member: '{need}' } } } },
	'/(person)/compte/coordonnees': {
		for: [...PEOPLE, 'coparent'],
		actions: { ask: { form: { contact: 'ni adresse ni numero' } }, prove: { form: { code: '000000' } } },
	},
	'/(person)/compte/donnees': ofPeople,
	'/(person)/compte/donnees/export.json': ofPeople,
	'/(person)/compte/messages': ofPeople,
	'/(person)/compte/notifications': {
		...ofPeople,
		actions: {
			preferences: {},
			address: {},
			rename: { for: A, form: { id: '{device}', label: 'Mon téléphone' } },
			remove: { for: A, form: { id: '{device}' } },
		},
	},
	'/(person)/demande': {
		...ofPeople,
		actions: {
			waiting: { for: A, form: { reference: '{reference}' } },
			reopen: { for: A, form: { reference: '{reference}' } },
			endHelp: { for: A, form: { reference: '{reference}' } },
		},
	},
	'/(person)/demande/annuler': {
		...ofPeople,
		actions: { default: { for: A, form: { reference: '{reference}', besoin: '{need}' } } },
	},
	'/(person)/demande/sans-reseau': { ...ofPeople, actions: { default: { form: { 'themes[]': 'housing' } } } },
	'/(person)/demande/demenager': {
		...ofPeople,
		actions: { agree: { form: { inseeCode: '08105' } }, refuse: {} },
	},
	'/(person)/demande/[reference]/papiers': {
		for: A,
		at: '/demande/{reference}/papiers',
		actions: { join: {}, withdraw: { for: NOBODY, form: { paper: '{need}' } } },
	},
	'/(person)/aides/[reference]/papiers/[kind]': {
		for: A,
		at: '/aides/{aidReference}/papiers/family_record',
		actions: { join: {} },
	},
	'/(person)/papiers/[page]': { for: A, at: '/papiers/{paperPage}' },
	'/(person)/parcours': {
		...ofPeople,
		actions: {
			tick: { for: A, form: { step: '{step}' } },
			untick: { for: A, form: { step: '{step}' } },
			stuck: { for: A, form: { step: '{step}', note: 'Je suis en panne' } },
			propose: { form: { title: 'Passer le permis' } },
			waiting: {},
			group: { for: A, form: { group: '{group}', word: 'Merci' } },
			checkin: { for: NOBODY, form: { checkIn: '{need}', answer: 'fine' } },
		},
	},
	'/(person)/parcours/diagnostic': {
		...ofPeople,
		actions: { save: { form: { employment: 'look' } }, answer: { form: { answer: 'agree' } } },
	},
	'/(person)/parcours/agenda.ics': ofPeople,
	'/(person)/parcours/historique': ofPeople,
	'/(person)/rendez-vous': { ...ofPeople, actions: { subscribe: {}, unsubscribe: {} } },
	'/(person)/rendez-vous/[id]': {
		for: A,
		at: '/rendez-vous/{appointment}',
		actions: {
			answer: { form: { answer: 'yes' } },
			cancel: { form: {} },
			wait: { form: { wanted: '1' } },
			earlier: { form: { take: '1' } },
		},
	},
	'/(person)/rendez-vous/[id]/agenda.ics': { for: A, at: '/rendez-vous/{appointment}/agenda.ics' },
	'/(person)/rendez-vous/[id]/choisir': {
		for: A,
		at: '/rendez-vous/{invited}/choisir',
		ok: [200, 303],
		actions: { choose: { form: { slot: '{slot}' } }, other: { form: { note: 'Plutôt le soir' } } },
	},
	'/(person)/rendez-vous/[id]/reponse': {
		for: A,
		at: '/rendez-vous/{appointment}/reponse',
		ok: [200, 303],
		actions: { default: { form: { note: 'Je travaille' } } },
	},

	// Another adult of a household sees the files that name them: here, none.
	'/(person)/aides': { for: [...PEOPLE, 'coparent'] },
	'/(person)/aides/[reference]': {
		for: A,
		at: '/aides/{aidReference}',
		actions: {
			send: {},
			declare: { form: { kind: 'rib' } },
			withdraw: {},
			// Of a file that another body decides, and A's is decided here.
			note: { for: NOBODY, form: { to: 'granted', on: '2026-01-05' } },
		},
	},
	'/(person)/aides/[reference]/partage': {
		for: A,
		at: '/aides/{aidReference}/partage',
		actions: {
			invite: { form: { firstName: 'Sam', contact: 'sam@example.fr' } },
			end: { for: NOBODY, form: { guest: '{need}' } },
		},
	},
	'/(person)/aides/[reference]/feuille': {
		for: A,
		at: '/aides/{aidReference}/feuille',
		actions: { make: {}, revoke: {} },
	},
	'/(person)/aides/garde-enfants/nouvelle': { ...ofPeople, actions: { default: {} } },
	'/(person)/aides/nouvelle/[kind]': {
		...ofPeople,
		at: '/aides/nouvelle/vehicle_repair',
		actions: { default: { form: { child1: 'Sam' } } },
	},
	'/(person)/aides/suivre': { ...ofPeople, actions: { default: { form: { body: 'nobody' } } } },
	'/(person)/aides/urgence': { ...ofPeople, actions: { default: { form: { on: 'demain' } } } },

	'/(person)/avis': {
		...ofPeople,
		actions: {
			vote: { form: { 'questions[]': ['{need}'] } },
			propose: { form: { question: 'Le lieu vous va-t-il ?' } },
		},
	},
	'/(person)/avis/[id]': {
		for: A,
		at: '/avis/{rating}',
		actions: { answer: { form: { face: 'good' } }, skip: {}, stop: {} },
	},
};
