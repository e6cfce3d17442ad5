import { stringify } from 'csv-stringify/sync';
import type { Cell } from './disclosure.ts';
import type { Results } from './queries.ts';

/** Words of the file, in the language of who downloads it. */
export interface CsvWords {
	table: string;
	label: string;
	count: string;
	share: string;
	faces: string;
	months: string;
	total: string;
	mean: string;
	rate: string;
	few: string;
	hidden: string;
	face(code: Results['faces'][number]['face']): string;
}

/** A text that a spreadsheet would run as a formula is kept as text (OWASP, CSV injection). */
const harmless = (value: string) => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
/** Decimal comma: what French spreadsheets read. */
const decimal = (value: number) => String(value).replace('.', ',');

/** The numbers of the page, the same masks: for French spreadsheets (BOM, `;`, decimal comma, CRLF). */
export function resultsCsv(results: Results, words: CsvWords): string {
	const cell = (value: Cell) => (value === 'few' ? words.few : value === 'hidden' ? words.hidden : String(value));
	const optional = (value: number | null) => (value === null ? words.hidden : decimal(value));
	const rows: string[][] = [
		[words.table, words.label, words.count, words.share],
		...results.faces.map(({ face, count, share }) => [words.faces, words.face(face), cell(count), optional(share)]),
		[words.faces, words.total, cell(results.total), ''],
		[words.faces, words.mean, optional(results.mean), ''],
		[words.faces, words.rate, optional(results.responseRate), ''],
		...results.months.map(({ month, count }) => [words.months, month, cell(count), '']),
	];
	return stringify(
		rows.map((row) => row.map(harmless)),
		{ delimiter: ';', bom: true, record_delimiter: 'windows' },
	);
}
