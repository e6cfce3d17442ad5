import { stringify } from 'csv-stringify/sync';

/** A cell as computed: texts and numbers; null: nothing may be shown. */
export type CsvCell = string | number | null;

/** A text that a spreadsheet would run as a formula is kept as text (OWASP, CSV injection); NUL characters are nobody's words. */
function harmless(value: string) {
	const text = value.replaceAll('\0', '');
	return /^\s*[=+\-@\t\r|]/.test(text) ? `'${text}` : text;
}
/** Decimal comma: what French spreadsheets read. */
const decimal = (value: number) => String(value).replace('.', ',');
const written = (cell: CsvCell) => (cell === null ? '' : typeof cell === 'number' ? decimal(cell) : harmless(cell));

/** For French spreadsheets: BOM, `;`, decimal comma, CRLF. */
export const csvOf = (rows: readonly (readonly CsvCell[])[]): string =>
	stringify(
		rows.map((row) => row.map(written)),
		{ delimiter: ';', bom: true, record_delimiter: 'windows' },
	);
