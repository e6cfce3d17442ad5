import { error } from '@sveltejs/kit';
import * as v from 'valibot';

/** Far more than any of our machines' messages. */
const MAX_CHARACTERS = 8_192;

/** The JSON body of a machine's request, checked; 400 for anything else. */
export async function readJson<S extends v.GenericSchema>(request: Request, schema: S): Promise<v.InferOutput<S>> {
	const text = await request.text();
	if (text.length > MAX_CHARACTERS) error(400, 'too_long');
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch {
		error(400, 'not_json');
	}
	const result = v.safeParse(schema, body);
	if (!result.success) error(400, 'not_understood');
	return result.output;
}
