/**
 * What a phone keeps of its owner for reading without network: `/api/moi/agenda` writes it, `src/phone` keeps and shows it.
 * Everything is worded by the server, in the language of the page that asked. As little as is useful.
 */
export interface Agenda {
	/** Whose it is, without saying who. */
	userKey: string;
	/** An adult an aid names: of that aid only. Absent for the person themselves. */
	isGuest?: boolean;
	/** ISO instant. */
	fetchedAt: string;
	locale: string;
	/** « Mis à jour mardi 3 mars à 8 h ». */
	updated: string;
	territory: { portalTitle: string; phone: KeptPhone } | null;
	/** The next three at most. */
	appointments: KeptAppointment[];
	/** `lang`: when it is another than `locale`. */
	stages: { name: string; state: 'done' | 'here' | 'next'; lang?: string }[];
	/** The person's own next step, to tick; `lang` empty when the person wrote it; `by`: its day. Absent in an agenda of before. */
	step?: { id: string; title: string; lang: string; by: string | null } | null;
	/** Where the aid stands, in a sentence after its name. */
	aid: string | null;
	/** « Vu le mardi 3 mars à 8 h »: said beside the aid. A phone may hold an agenda of before without it. */
	seen?: string;
	referent: { name: string; phone: KeptPhone } | null;
}

export interface KeptPhone {
	/** What is dialled. */
	number: string;
	/** As it is read. */
	shown: string;
}

export interface KeptAppointment {
	/** To answer it. Absent in an agenda of before. */
	id?: string;
	/** Of the hour below. Absent in an agenda of before. */
	sequence?: number;
	/** ISO instants; once ended, it is no longer shown. */
	startsAt: string;
	endsAt: string;
	/** « mardi 3 mars à 14 h »: no « demain », which would be wrong the day after. */
	when: string;
	/** Place and address, or « par téléphone ». */
	where: string[];
	/** When it is another than `locale`. */
	whereLang?: string;
	/** What was answered, in a sentence; null before. */
	said?: string | null;
	toBring: string | null;
	phone: KeptPhone;
}
