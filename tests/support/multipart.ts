import { randomUUID } from 'node:crypto';

export interface Part {
	field?: string;
	/** As it is written in the header: `"` and line ends are the sender's business. */
	name: string;
	bytes: Buffer;
	type?: string;
}

/** A form with files, as a browser writes it. */
export function multipart(fields: Record<string, string>, files: Part[]): { type: string; body: Buffer } {
	const boundary = `----papers${randomUUID()}`;
	const parts = [
		...Object.entries(fields).map(([name, value]) =>
			Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
		),
		...files.map(({ field = 'files', name, bytes, type = 'application/octet-stream' }) =>
			Buffer.concat([
				Buffer.from(
					`--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`,
				),
				bytes,
				Buffer.from('\r\n'),
			]),
		),
	];
	return {
		type: `multipart/form-data; boundary=${boundary}`,
		body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
	};
}
