import { expect, test } from 'vitest';
import { MASK, masked } from './masking.ts';

test.each([
	['Mme Durand m’a aidée', `${MASK} m’a aidée`],
	['je m’appelle Alix Martin, merci', `je m’appelle ${MASK}, merci`],
	['je m’appelle alix, merci', `je m’appelle ${MASK}, merci`],
	['on m’a dit que Camille rappelle', `on m’a dit que ${MASK} rappelle`],
	['écrivez à alix@example.fr', `écrivez à ${MASK}`],
	['au 06 39 98 00 01 le soir', `au ${MASK} le soir`],
	['le 12/03 au matin', `le ${MASK} au matin`],
	['vu le 12 mars 2026 à dix heures', `vu le ${MASK} à dix heures`],
	['le 1er août', `le ${MASK}`],
	['on March 3rd, 2026 at noon', `on ${MASK} at noon`],
	['о 12 березня', `о ${MASK}`],
	['Sophie m’a bien aidée', `${MASK} m’a bien aidée`],
	["Sophie m'a bien aidée", `${MASK} m'a bien aidée`],
	['MERCI SOPHIE MARTIN', `MERCI ${MASK}`],
	['Merci Sophie !', `Merci ${MASK} !`],
	['avec M Dupont', `avec ${MASK}`],
	['avec M. Dupont', `avec ${MASK}`],
	['mon référent : Karim', `mon référent : ${MASK}`],
	['mon référent (Karim) est bien', `mon référent (${MASK}) est bien`],
	['« Karim » est bien', `« ${MASK} » est bien`],
	['"Karim" est bien', `"${MASK}" est bien`],
	['Bon accueil.\nKarim aussi', `Bon accueil.\n${MASK} aussi`],
	['On attend. Karim aussi', `On attend. ${MASK} aussi`],
	['madame martin est à l’écoute', `${MASK} est à l’écoute`],
	['Bonjour MONSIEUR de la Tour, merci', `Bonjour ${MASK}, merci`],
	['grâce à d’Anne Martin', `grâce à d’${MASK}`],
	['D’Anne Martin, rien', `D’${MASK}, rien`],
	['Mme LE GOFF m’a reçue', `${MASK} m’a reçue`],
	['Mme Le Goff-Müller explique bien', `${MASK} explique bien`],
	['avec Jean-Pierre de la Tour', `avec ${MASK}`],
	['Олена мені допомогла', `${MASK} мені допомогла`],
	['Дякую, Дем’яне', `Дякую, ${MASK}`],
	['شكرا سامية', MASK],
	['Merci. شكرا سامية، كثيرا! Bien.', `Merci. ${MASK}! Bien.`],
])('« %s » is shown as « %s »', (text, shown) => {
	expect(masked(text)).toBe(shown);
});

test.each(
	`Le bus est rare. On attend.
	J’ai attendu longtemps sans nouvelles.
	Je dois redire mon histoire à chaque fois.
	Bien, mais le bus est rare pour venir.
	J’aurais aimé plus de temps.
	On m’a écoutée, et je sais ce qui vient après.
	Le rappel la veille m’aide beaucoup.
	J’ai trouvé une solution pour la voiture.
	Merci, je me sens moins seul.
	Votre référent lit maintenant votre dossier avant de vous voir. Vous ne répétez plus.
	Sans voiture, je ne peux pas venir.
	Vous pouvez choisir un rendez-vous par téléphone, ou demander un transport.
	Rendez-vous trop loin de chez moi.
	Est-ce que la crèche prend les enfants à 7 h ?
	Peut-être un autre jour. Y a-t-il un bus ?
	Aujourd’hui tout va bien ! Hier, c’était dur.
	Quelqu’un m’a rappelée. Jusqu’ici rien.
	La CAF ne répond pas. Mon RSA est arrivé.
	France Travail m’a aidée à refaire mon CV.
	Très bon accueil, équipe sympa.
	TRÈS BON ACCUEIL MERCI
	Super ! Continuez.
	Les horaires ne vont pas avec l’école.
	Pas assez de places en crèche.
	Trop de papiers à envoyer.
	Ma référente est à l’écoute. Elle explique bien.
	C’est long. D’abord deux mois, puis trois.
	L’accueil est froid, mais les gens sont gentils.
	Qu’on arrête de me redemander les mêmes papiers.
	Depuis que je suis suivie, ça va mieux.
	Malheureusement, le délai est trop long.
	Pourquoi trois rendez-vous pour la même chose ?
	Bonjour madame, merci pour tout.
	Le monsieur de l’accueil est patient.
	Il faudrait un bus le soir. Ou un vélo.
	Enfin une solution pour la garde !
	Formation trop courte, dommage.
	Délai respecté. Service rapide et efficace.
	Nous étions deux : un adulte et un enfant.
	N’hésitez pas à rappeler plus tôt.
	Reçu à l’heure, rien à dire.
	I was listened to, thank you. They don’t call back.
	It’s good. She helped me.
	Дякую, мені дуже допомогли. Все добре.`
		.split('\n')
		.map((line) => line.trim()),
)('« %s » stays as it is', (text) => {
	expect(masked(text)).toBe(text);
});
