/**
 * Words that begin a sentence, or bear capitals, without being anybody's name: in comments all other capitalised words are covered.
 * Words that are first names too (claire, mai, avril…) are not there. In small letters.
 */
const FRENCH = `
	a à ai aie aient ait as aurais aurait avait avais avant avec avez avoir avons au aux aucun aucune aujourd auparavant aussi aussitôt
	autant autre autres autrement absolument accueil accueillant accueillante actuellement affaire afin aide aidé aidée ainsi allez aller
	ailleurs alors après appel appeler appelez arrêtez arrêter assez association attendre attente attention auto avis
	beaucoup bénéficiaires besoin besoins bien bientôt bon bonne bonjour bonsoir bons bonnes bravo bref bus bureau bureaux
	ça car ce ceci cela celle celles celui cependant certain certaine certains certaines ces cet cette ceux chacun chacune chaque chercher chez
	chose choses ci combien comme comment compte conseil conseiller conseillère conseillers conseils contact content contente
	continuez contre correct courage cours crèche crèches
	dans de début déjà délai délais délicat demain demande demandes démarche démarches depuis dernier dernière dernièrement derrière des dès deux
	devant devoir difficile difficiles difficulté difficultés dire disponible dites divers doit doivent dois dommage donc donner donnez dont
	dossier dossiers du dur dure durant
	écoute efficace efficacité également elle elles emploi en encore enfin enfant enfants énorme énormément ensuite entre entretien entretiens envie
	équipe équipes es espère espérons essayer est et étaient étais était étant étape étapes êtes être eu eux évidemment excellent excellente
	exactement explications expliquer extrêmement
	facile facilement faire fais fait faites fallait faudrait faut félicitations fin finalement fois font formation formations formidable
	formulaire franchement
	garde gens gentil gentille gentils grâce
	habiter heureuse heureusement heureux hier hormis hors horaires humain humaine
	ici il ils impeccable impossible impression information informations inutile
	jamais je jour jours jusqu jusque juste justement
	l là la laissez le lent lente les lettre lettres leur leurs lieu ligne logement logiquement loin longtemps longue lorsqu lorsque lui
	m ma madame mademoiselle magnifique maintenant mais malgré malheureusement manque mauvais mauvaise me meilleur meilleure même mes
	messages message messieurs mesdames mettre mettez mieux moi moins mois mon monsieur moyen moyens
	n n'ai ne néanmoins ni niveau nombreux non nos notre nous nouveau nouvelle nul nulle
	on ont or ou où oublier oui organisation
	paiement papier papiers par parce parcours pareil parfait parfaite parfaitement parfois parler parlez part partout pas passer passez
	pendant personne personnel personnes peu peut peuvent peux place plein plus plusieurs plutôt point ponctuel portable
	possible possibilité pour pourquoi pourrait pourriez pouvez pouvoir poursuivez pratique premier première prendre prenez près presque problème
	problèmes prochain prochaine professionnel professionnelle professionnels proposer proposez puis puisqu puisque
	qu quand quant quatre que quel quelle quelles quelqu quelque quelques quels qui quiconque quoi quoique
	rapide rapidement rapidité rappel rappels rapport ras rassurant rassurante ravie référent référente référents réponse réponses rencontre
	rendez rendre réactif réactive reçu reçue répondre respect respectueux rester rien
	s sa sans sauf savoir se seconde selon sera serait sérieux sérieuse service services ses seul seule seulement si simple simplement site situation
	soit soient son sont sous souvent soutien stop suis suite suivi sujet super sur surtout sympa sympathique
	t ta tant tard téléphone tellement temps tes test toi ton top tôt toujours tous tout toute toutefois toutes train transport transports
	travail trajet trajets très trois trop trouver tu
	un une uniquement urgent utile
	va vais vas venir vers via vie vite vivement voici voilà voir voiture voitures vont vos votre vouloir voulez vous vraie vrai vraiment
	y zéro merci
	lundi mardi mercredi jeudi vendredi samedi dimanche
	janvier février mars juin juillet août septembre octobre novembre décembre
	ordinateur internet mail mails sms tél tel rdv cv caf rsa msa mdph rqth cpam ccas plie cdi cdd age agepi cmg ter sncf hlm apl aah are gps
	pc pmi cmp ase afpa greta iae aci esat pmsmp cej tva bts bac cap bep deaes vae fle ok svp stp nb ps ufr qr pdf wifi
	pôle mission locale département préfecture mairie
	m'a m'ont d'abord c'est s'il qu'il
`;
const ENGLISH = `
	about after again all also always am an and any are as ask asked at be because before being best better but by call can couldn did didn do does
	doesn don done easy everybody everyone everything feel finally first for friendly from get good great had has hasn have haven having he hello
	help helpful helped her hers here his how i if in is isn it its just kind last later less listen lots many maybe me more most much must my
	need never new next nice no nobody none not nothing now of often oh on once one only or other our out over people perfect please quick quickly
	quite really she should since so some someone something sometimes soon sorry staff still such take thank thanks that the their them then there
	these they thing things this those though time to today together tomorrow too two under until up us useful very wait waiting was wasn we well
	were what when where which while who why wish with without wonderful won work would wouldn yes yesterday yet you your
	monday tuesday wednesday thursday friday saturday sunday january february march june july september october november december
	english french german arabic ukrainian ukraine europe
`;
const UKRAINIAN = `
	а або адже але б без більше був була було були бути в вам вас ваш ваша ваше ваші весь вже ви від він вона вони воно все всі всього всім вчора
	головне два де день для до добре добрий доброго дуже дякую дякуємо є ж з за завжди завтра зараз знову і із інколи й його її їх їм їхній
	кожен кожна коли краще легко лист лише майже мала мало мене мені ми мій моє моя мої може можна на навіть нам нарешті нас наш наша не немає
	ніхто ніколи нічого ні але особливо от перший по погано потім потрібно прийом про просто раз раніше робота року сьогодні спасибі спочатку
	справді та так також такий там те тепер ти тільки то тому три тут у усе усі хоча хочу хто це цей ця чекати чекала чекав час часто чи чого чому
	що щоб щиро я як яка який які якщо
`;

export const ORDINARY: ReadonlySet<string> = new Set(
	[FRENCH, ENGLISH, UKRAINIAN].flatMap((words) => words.split(/\s+/u).filter(Boolean)),
);
