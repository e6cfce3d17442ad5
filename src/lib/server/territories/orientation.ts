/** A national service that anybody may call. */
export interface NationalService {
	code: 'france_travail' | 'allo_service_public';
	name: string;
	/** As it is read out. */
	phone: string;
	/** As it is dialled. */
	dial: string;
}

/** What to tell somebody whom no territory of this portal covers. */
export interface Orientation {
	departmentCode: string;
	departmentName: string | null;
	services: readonly NationalService[];
}

/** Public numbers, the same everywhere (France Travail, Allô Service Public); to be read again before going live. */
export const NATIONAL_SERVICES: readonly NationalService[] = [
	{ code: 'france_travail', name: 'France Travail', phone: '39 49', dial: '3949' },
	{ code: 'allo_service_public', name: 'Allô Service Public', phone: '39 39', dial: '3939' },
];

/** Département of an INSEE code: its two first signs (`2A` included), three overseas. */
export const departmentCodeOf = (inseeCode: string): string =>
	inseeCode.slice(0, /^9[78]/.test(inseeCode) ? 3 : 2).toUpperCase();

export const orientationOutside = (departmentCode: string, departmentName: string | null): Orientation => ({
	departmentCode,
	departmentName,
	services: NATIONAL_SERVICES,
});
