import * as v from 'valibot';
import { themeOfService, type Theme } from '../../shared/themes.ts';
import { isRealDay } from '../platform/forms.ts';
import { normalizePhone } from '../platform/phone.ts';

/** A service of a data·inclusion file, as far as the portal shows it. */
export interface ReadOffer {
	serviceId: string;
	source: string;
	name: string;
	structureName: string;
	isAvip: boolean;
	kind: string | null;
	isOnSite: boolean;
	forPeople: boolean;
	/** E.164. */
	phone: string | null;
	address: string;
	/** Null: the file says no commune, so that nobody can tell whether it is near. */
	inseeCode: string | null;
	/** `YYYY-MM-DD`, by its producer. */
	updatedOn: string;
	/** Empty when it answers nothing that the portal names. */
	themes: Theme[];
}

/** A row that cannot be used, and why, so that who made the file can mend it. */
export interface BrokenRow {
	/** Id of the row, or its place in the file. */
	row: string;
	field: string;
	problem: string;
}

export interface ReadFile {
	offers: ReadOffer[];
	broken: BrokenRow[];
	/** The same service twice: the one written last stands. */
	duplicates: number;
}

const AVIP = 'creches-avip';

/** What only a hostile or broken file holds: control signs, and signs that turn the direction of what follows. */
const STRANGE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const line = (most: number) =>
	v.pipe(
		v.string(),
		v.transform((text) => text.normalize('NFC').replace(STRANGE, ' ').replace(/\s+/g, ' ').trim()),
		v.maxLength(most),
	);
const named = v.pipe(line(150), v.minLength(3));
const maybe = <S extends v.GenericSchema>(schema: S) => v.nullish(schema, null);
const list = maybe(v.array(v.string()));
const id = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200));
const inseeCode = maybe(v.pipe(v.string(), v.regex(/^\d[\dAB]\d{3}$/, 'not a commune code')));

const place = {
	adresse: maybe(line(250)),
	complement_adresse: maybe(line(250)),
	code_postal: maybe(line(10)),
	commune: maybe(line(100)),
	code_insee: inseeCode,
	telephone: maybe(v.string()),
};
const structureRow = v.object({ id, nom: named, reseaux_porteurs: list, ...place });
const serviceRow = (today: string) =>
	v.object({
		id,
		source: id,
		structure_id: id,
		nom: named,
		date_maj: v.pipe(
			v.string(),
			v.check(isRealDay, 'not a day'),
			v.check((day) => day <= today, 'a day to come'),
		),
		type: maybe(v.string()),
		thematiques: list,
		modes_accueil: list,
		mobilisable_par: list,
		...place,
	});
type StructureRow = v.InferOutput<typeof structureRow>;
type ServiceRow = v.InferOutput<ReturnType<typeof serviceRow>>;

type Row = Record<string, unknown>;
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Rows of an array, or of every array of an object: `{ structures, services }`, or a page of the API with its `items`. */
const rowsIn = (content: unknown): unknown[] => {
	if (Array.isArray(content)) return content;
	return isRow(content) ? Object.values(content).flatMap((value) => (Array.isArray(value) ? value : [])) : [];
};
const isService = (row: unknown) => isRow(row) && 'structure_id' in row;

/**
 * Reads structures and services of data·inclusion, schema 1 (reference/data-inclusion-v1), from as many files as they come
 * in. What the portal does not show is not looked at. `today`: no producer writes a day to come.
 */
export function readOffers(contents: unknown[], today: string): ReadFile {
	const rows = contents.flatMap(rowsIn);
	const broken: BrokenRow[] = [];
	const read = <S extends v.GenericSchema>(schema: S, row: unknown, place: string): v.InferOutput<S> | undefined => {
		const { success, output, issues } = v.safeParse(schema, row);
		if (success) return output;
		const name = isRow(row) && typeof row.id === 'string' ? row.id.slice(0, 200) : place;
		const [issue] = issues;
		broken.push({ row: name, field: v.getDotPath(issue!) ?? '', problem: issue!.message });
		return undefined;
	};
	const schema = serviceRow(today);
	const structures = new Map<string, StructureRow>();
	rows.forEach((row, index) => {
		if (isService(row)) return;
		const structure = read(structureRow, row, `row ${index + 1}`);
		if (structure) structures.set(structure.id, structure);
	});
	const offers = new Map<string, ReadOffer>();
	let duplicates = 0;
	rows.forEach((row, index) => {
		if (!isService(row)) return;
		const service = read(schema, row, `row ${index + 1}`);
		if (!service) return;
		const structure = structures.get(service.structure_id);
		if (!structure) {
			broken.push({ row: service.id, field: 'structure_id', problem: 'its structure is missing or broken' });
			return;
		}
		const known = offers.get(service.id);
		if (known) duplicates += 1;
		if (!known || known.updatedOn < service.date_maj) offers.set(service.id, offerOf(service, structure));
	});
	return { offers: [...offers.values()], broken, duplicates };
}

function offerOf(service: ServiceRow, structure: StructureRow): ReadOffer {
	// A service without a place of its own is where its structure is.
	const where = service.code_insee ? service : structure;
	const town = [where.code_postal, where.commune].filter(Boolean).join(' ');
	return {
		serviceId: service.id,
		source: service.source,
		name: service.nom,
		structureName: structure.nom,
		isAvip: structure.reseaux_porteurs?.includes(AVIP) ?? false,
		kind: service.type,
		isOnSite: !service.modes_accueil || service.modes_accueil.includes('en-presentiel'),
		forPeople: !service.mobilisable_par || service.mobilisable_par.includes('usagers'),
		phone: phoneOf(service.telephone) ?? phoneOf(structure.telephone),
		address: [where.adresse, where.complement_adresse, town].filter(Boolean).join(', '),
		inseeCode: where.code_insee,
		updatedOn: service.date_maj,
		themes: [...new Set((service.thematiques ?? []).flatMap((word) => themeOfService(word) ?? []))],
	};
}

const phoneOf = (written: string | null) => (written ? normalizePhone(written) : null);
