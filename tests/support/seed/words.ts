import type { StepOwner } from '../../../src/lib/shared/codes.ts';
import type { Theme } from '../../../src/lib/shared/themes.ts';

/** What people and professionals have to do, in the words they would use. */
export const STEPS: Record<Theme, [title: string, owner: StepOwner][]> = {
	employment: [
		['Mettre mon CV à jour', 'person'],
		['Visiter l’atelier du jeudi', 'person'],
		['Chercher une immersion d’une semaine', 'referent'],
		['Relire la lettre de motivation', 'referent'],
	],
	housing: [
		['Rassembler mes trois dernières quittances', 'person'],
		['Appeler le bailleur avec moi', 'referent'],
		['Étudier le dossier de logement', 'structure'],
	],
	mobility: [
		['Demander un devis au garage', 'person'],
		['M’inscrire au code de la route', 'person'],
		['Vérifier l’aide à la réparation', 'structure'],
	],
	health: [
		['Prendre rendez-vous avec un médecin traitant', 'person'],
		['Vérifier la complémentaire santé', 'structure'],
	],
	childcare: [
		['Visiter la crèche', 'person'],
		['Chercher une place de garde', 'structure'],
	],
	training: [
		['Assister à la réunion sur les formations', 'person'],
		['Chercher qui paie la formation', 'referent'],
	],
	digital: [
		['Aller à l’espace numérique', 'person'],
		['Prêter un téléphone', 'structure'],
	],
	rights: [
		['Retrouver mon identifiant', 'person'],
		['Relire le courrier ensemble', 'referent'],
	],
	money: [
		['Noter mes dépenses du mois', 'person'],
		['Refaire le point sur le budget', 'referent'],
	],
	french: [
		['Passer le test de niveau', 'person'],
		['Chercher un cours du soir', 'referent'],
	],
	support: [
		['Venir au café du mardi', 'person'],
		['Proposer une activité', 'structure'],
	],
	other: [['Refaire le point ensemble', 'referent']],
};

export const NOTES: Record<Theme, string[]> = {
	employment: ['Je voudrais travailler dans la vente.', 'J’ai été aide à domicile pendant six ans.', ''],
	housing: ['Mon logement est très humide.', 'J’ai peur de ne plus pouvoir payer.', ''],
	mobility: ['Ma voiture ne démarre plus.', 'Le bus passe deux fois par jour.', ''],
	health: ['Je ne trouve pas de médecin.', ''],
	childcare: ['Je n’ai personne le mercredi.', 'Les horaires de la crèche ne vont pas.', ''],
	training: ['Je voudrais être cariste.', ''],
	digital: ['Je n’arrive pas à faire mes papiers en ligne.', 'Mon téléphone est cassé.', ''],
	rights: ['Je ne comprends pas un courrier.', ''],
	money: ['La facture d’électricité est trop haute.', ''],
	french: ['Je lis un peu, je n’écris pas.', ''],
	support: ['Je ne sors plus beaucoup.', ''],
	other: [''],
};

export const CANNOT = ['Pas de garde ce matin-là.', 'Ma voiture est en panne.', 'Je travaille ce jour-là.'];
export const NEEDS_HELP = ['Je n’ai pas de bus.', 'Je ne comprends pas bien le français.'];
export const TO_BRING = ['Une pièce d’identité', 'Vos derniers courriers', null, null];
export const COMMENTS = [
	'On m’a écoutée, merci.',
	'Trop d’attente avant le premier rendez-vous.',
	'Je sais enfin ce qui vient après.',
	'J’aurais voulu un rendez-vous plus près de chez moi.',
	'Le rappel m’a bien aidé.',
];
