import type { Row } from '../access-row.ts';
import { forScripts, NOBODY, ofPeople, open, PEOPLE } from './actors.ts';

/** What scripts and other machines ask. */
export const OF_SCRIPTS: Record<string, Row> = {
	'/api/health': open,
	'/api/metrics': { for: NOBODY, visitor: 404 },
	'/api/moi/agenda': { ...ofPeople, for: [...PEOPLE, 'coparent'], ...forScripts },
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
		ok: [303],
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
