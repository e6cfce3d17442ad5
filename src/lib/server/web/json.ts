import { error } from '@sveltejs/kit';
import * as v from 'valibot';

/** Far more than any of our machines' messages. */
const MAX_CHARACTERS = 8_192;

/** The JSON body of a machine's request, checked; 400 for anything else, 401 when it is not genuine. */
export async function readJson<S extends v.GenericSchema>(
	request: Request,
	schema: S,
	isGenuine: (body: string) => boolean = () => true,
): Promise<v.InferOutput<S>> {
	const text = await request.text();
	if (text.length > MAX_CHARACTERS) error(400, 'too_long');
	if (!isGenuine(text)) error(401, 'not_signed');
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
