import type { Row } from './access-row.ts';
import { ACTORS } from './world.ts';

export type { Posted, Row } from './access-row.ts';

const ALL = ACTORS;
const PEOPLE = ['person', 'other'] as const;
const STAFF = [
	'lead',
	'second',
	'member',
	'endedMember',
	'opener',
	'colleague',
	'decider',
	'stranger',
	'coordinator',
	'farCoordinator',
] as const;
const COORDINATORS = ['coordinator', 'farCoordinator'] as const;
const A = ['person'] as const;
/** Who invites to A's follow-up. */
const LEAD = ['lead'] as const;
const PAIR = ['lead', 'second'] as const;
const FOLLOW_A = [...PAIR, 'member'] as const;
const KNOW_A = [...FOLLOW_A, 'opener', 'coordinator'] as const;
/** Professionals of the territory, whoever they follow. */
const NEAR = [...FOLLOW_A, 'endedMember', 'opener', 'colleague', 'decider', 'coordinator'] as const;
const NOBODY = [] as const;

const open: Row = { for: ALL };
const ofPeople: Row = { for: PEOPLE };
const ofStaff: Row = { for: STAFF };
const ofCoordinators: Row = { for: COORDINATORS };
/** Kit gives a page's action the status of its page; a question page without a draft leads to the first. */
const question: Row = { ...open, ok: [200, 303], actions: { default: {} } };
const forScripts: Pick<Row, 'visitor' | 'refused'> = { visitor: 401, refused: 403 };

const BOOKING = {
	type: 'follow_up',
	mode: 'on_site',
	durationMinutes: '60',
	origin: 'invitation',
	placeName: 'Mairie',
};

/**
 * Who may what, for every page, action and endpoint: a route that is not listed here fails the tests, so that nobody
 * adds one without saying whose it is.
 */
export const ACCESS: Record<string, Row> = {
	'/(public)': { ...open, actions: { choose: { form: { insee: '08105' } } } },
	'/(public)/accessibilite': open,
	'/(public)/aide': open,
	'/(public)/confidentialite': open,
	'/(public)/mentions-legales': open,
	'/(public)/resultats': open,
	'/(public)/connexion': { ...open, ok: [200, 303], actions: { default: {} } },
	'/(public)/connexion/code': { ...open, ok: [200, 303], actions: { check: {}, resend: {} } },
	'/(public)/deconnexion': { ...open, actions: { default: { endsSession: true } } },
	'/(public)/demo/messages': { ...open, showsAll: true },
	'/(public)/invitation/[token]': {
		...open,
		at: '/invitation/{invitation}',
		actions: { default: { endsSession: true } },
	},
	// An unknown link says that it no longer works, whoever it is for.
	'/(public)/reprendre/[token]': {
		...open,
		at: '/reprendre/{invitation}',
		actions: { send: {}, code: { form: { code: '123456' } }, birth: { form: { birthDate: '17 5 1990' } } },
	},
	// The other side of an unknown address; a known one answers without a session.
	'/(public)/agenda/[token].ics': { ...open, at: '/agenda/{invitation}.ics', ok: [404] },
	'/(public)/r/[token]': {
		...open,
		at: '/r/{link}',
		actions: {
			answer: { form: { answer: 'perhaps' } },
			choose: { form: { slot: 'none' } },
			note: { form: { note: 'x'.repeat(5000) } },
		},
		methods: { POST: { form: { answer: 'perhaps' } } },
	},
	'/(public)/verifier/[token]': { ...open, at: '/verifier/{invitation}' },
	'/(public)/demande/[reference]': {
		for: A,
		at: '/demande/{reference}',
		actions: { confirm: { form: { code: '123456' }, refused: 303 }, resend: { refused: 303 }, forget: { for: ALL } },
	},
	'/(public)/demande/nouvelle': question,
	'/(public)/demande/nouvelle/[theme]': { ...question, at: '/demande/nouvelle/housing' },
	'/(public)/demande/nouvelle/commune': question,
	'/(public)/demande/nouvelle/contact': question,
	'/(public)/demande/nouvelle/foyer': question,
	'/(public)/demande/nouvelle/securite': question,
	'/(public)/demande/nouvelle/effacer': question,
	'/(public)/demande/nouvelle/urgence': open,
	'/(public)/demande/nouvelle/verifier': {
		...question,
		actions: { default: { for: NOBODY, form: { draft: '{need}' } } },
	},

	'/(person)/accueil': ofPeople,
	'/(person)/compte': { for: [...PEOPLE, 'coparent'], actions: { language: { form: { locale: 'fr' } }, others: {} } },
	'/(person)/compte/acces': { ...ofPeople, actions: { object: { for: NOBODY, form: { member: '{need}' } } } },
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
	'/(person)/demande/annuler': { ...ofPeople, actions: { default: { for: A, form: { besoin: '{need}' } } } },
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
	'/(public)/avis/r/[token]': {
		...open,
		at: '/avis/r/{ratingLink}',
		actions: { answer: { form: { face: 'furious' } }, skip: { ok: [409] }, stop: {} },
	},

	'/(staff)/pro': ofStaff,
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
		actions: { default: { for: PAIR } },
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
			invite: { for: LEAD, form: { accountId: '{colleague}', 'themes[]': ['other'] } },
			end: { for: NOBODY, form: { member: '{need}' } },
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
	'/(staff)/pilotage': {
		...ofCoordinators,
		actions: { default: { for: ['coordinator'], form: { 'people[]': ['{person}'], accountId: '{colleague}' } } },
	},
	'/(staff)/pilotage/delais': ofCoordinators,
	'/(staff)/pilotage/ouvertures': ofCoordinators,
	'/(staff)/pilotage/evaluation': {
		...ofCoordinators,
		actions: {
			add: {},
			publish: { for: ['coordinator'], form: { id: '{improvement}', publish: 'yes' } },
			finish: { for: ['coordinator'], form: { id: '{improvement}', doneOn: '2031-03-04' } },
			called: { for: ['coordinator'], form: { id: '{callback}' } },
		},
	},
	'/(staff)/pilotage/evaluation/commentaires': {
		...ofCoordinators,
		actions: {
			unmask: { for: ['coordinator'], form: { id: '{comment}' } },
			tag: { for: ['coordinator'], form: { id: '{comment}', 'themes[]': ['mobility'] } },
		},
	},
	'/(staff)/pilotage/evaluation/resultats.csv': ofCoordinators,
	'/(staff)/pilotage/evaluation/indicateurs': ofCoordinators,
	'/(staff)/pilotage/evaluation/indicateurs.csv': ofCoordinators,
	'/(staff)/pilotage/evaluation/microdonnees.csv': ofCoordinators,
	'/(staff)/pilotage/evaluation/microdonnees.txt': ofCoordinators,
	'/(staff)/pilotage/questionnaires': {
		...ofCoordinators,
		actions: {
			create: { form: { set: 'official' } },
			moderate: { for: ['coordinator'], form: { id: '{panelQuestion}', keep: 'no' } },
		},
	},
	'/(staff)/pilotage/questionnaires/[id]': {
		for: ['coordinator'],
		at: '/pilotage/questionnaires/{questionnaire}',
		actions: { save: {}, move: { form: { to: 'open' } } },
	},
	'/(staff)/pilotage/questionnaires/[id]/atelier': {
		for: ['coordinator'],
		at: '/pilotage/questionnaires/{questionnaire}/atelier',
		actions: { default: { form: { s1_face: 'good' } } },
	},
	'/(staff)/pilotage/messages': {
		...ofCoordinators,
		actions: { default: { form: { name: 'Un modèle', subject: 'news', text_fr: 'Du nouveau pour vous' } } },
	},
	'/(staff)/pilotage/messages/[id]': {
		for: ['coordinator'],
		at: '/pilotage/messages/{template}',
		actions: {
			preview: { form: { name: 'Un modèle', from: '1', text_fr: 'Du nouveau pour vous' } },
			approve: { form: { number: '1' } },
			save: { form: { name: 'Un modèle', from: '1', text_fr: 'Du nouveau pour vous' } },
			retire: {},
			restore: {},
		},
	},
	'/(staff)/pilotage/territoire': {
		...ofCoordinators,
		actions: { invite: { form: {} }, disable: { for: ['coordinator'], form: { accountId: '{coordinator}' } } },
	},

	'/api/health': open,
	'/api/metrics': { for: NOBODY, visitor: 404 },
	'/api/moi/agenda': { ...ofPeople, ...forScripts },
	'/api/push/key': open,
	'/api/push/answer': { ...open, methods: { POST: { json: { token: 'none', answer: 'yes' }, ok: [404] } } },
	'/api/push/shown': { ...open, methods: { POST: { json: { beacon: 'none' }, ok: [204] } } },
	'/api/mail/bounces': {
		byMachines: true,
		...open,
		methods: { POST: { json: { none: 'none' }, ok: [401, 404] } },
	},
	'/api/sms/receipts': {
		byMachines: true,
		...open,
		methods: { POST: { json: { reference: 'none', status: 'failed' }, ok: [401, 404] } },
	},
	'/api/desabonnement/[token]': {
		byMachines: true,
		...open,
		at: '/api/desabonnement/a.manual.b',
		methods: { POST: { json: {}, ok: [404] } },
	},
	'/api/push/subscribe': {
		...ofPeople,
		...forScripts,
		methods: {
			POST: { json: { endpoint: 'https://evil.example' } },
			DELETE: { json: { endpoint: '{endpoint}' }, ok: [204] },
		},
	},
};
