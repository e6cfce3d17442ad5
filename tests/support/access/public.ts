import type { Row } from '../access-row.ts';
import { ALL, A, NOBODY, open, question } from './actors.ts';

/** Pages that need no session. */
export const OF_PUBLIC: Record<string, Row> = {
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
	// An address that is not ours stops nothing, and says so.
	'/(public)/desabonnement/[token]': { ...open, at: '/desabonnement/a.manual.b', actions: { default: {} } },
	'/(public)/verifier/[token]': { ...open, at: '/verifier/{invitation}' },
	'/(public)/demande/[reference]': {
		for: A,
		at: '/demande/{reference}',
		actions: {
			confirm: { form: { code: '123456' }, refused: 303 },
			resend: { refused: 303 },
			waiting: {},
			forget: { for: ALL },
		},
	},
	'/(public)/demande/nouvelle': question,
	'/(public)/demande/nouvelle/[theme]': { ...question, at: '/demande/nouvelle/housing' },
	'/(public)/demande/nouvelle/commune': question,
	'/(public)/demande/nouvelle/contact': question,
	'/(public)/demande/nouvelle/foyer': question,
	'/(public)/demande/nouvelle/securite': question,
	'/(public)/demande/nouvelle/effacer': question,
	'/(public)/demande/nouvelle/reprendre': { ...question, actions: { mine: {}, erase: {} } },
	'/(public)/demande/nouvelle/urgence': open,
	'/(public)/demande/nouvelle/verifier': {
		...question,
		actions: { default: { for: NOBODY, form: { draft: '{need}' } } },
	},

	'/(public)/avis/r/[token]': {
		...open,
		at: '/avis/r/{ratingLink}',
		actions: { answer: { form: { face: 'furious' } }, skip: { ok: [409] }, stop: {} },
	},
};
