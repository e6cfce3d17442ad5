import type { Row } from '../access-row.ts';
import { ofCoordinators } from './actors.ts';

/** Pages of those who steer a territory. */
export const OF_STEERING: Record<string, Row> = {
	'/(staff)/pilotage': {
		...ofCoordinators,
		actions: { default: { for: ['coordinator'], form: { 'people[]': ['{person}'], accountId: '{colleague}' } } },
	},
	'/(staff)/pilotage/delais': ofCoordinators,
	'/(staff)/pilotage/ouvertures': ofCoordinators,
	'/(staff)/pilotage/offres': ofCoordinators,
	'/(staff)/pilotage/evaluation': {
		...ofCoordinators,
		actions: {
			add: {},
			publish: { for: ['coordinator'], form: { id: '{improvement}', publish: 'yes' } },
			finish: { for: ['coordinator'], form: { id: '{improvement}', doneOn: '2026-03-04' } },
			called: { for: ['coordinator'], form: { id: '{callback}' } },
		},
	},
	'/(staff)/pilotage/evaluation/ameliorations/[id]': {
		for: ['coordinator'],
		at: '/pilotage/evaluation/ameliorations/{improvement}',
		actions: { default: { form: { finding: 'Trop loin', answer: 'Par téléphone aussi', ownerLabel: 'Le service' } } },
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
};
