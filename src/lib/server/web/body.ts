import { error } from '@sveltejs/kit';

/**
 * A body that is not the form it claims to be is the sender's mistake: 400 wherever it is read, where undici's TypeError
 * would be a 500.
 */
export function refuseMalformedForm(request: Request): Request {
	const read = request.formData.bind(request);
	request.formData = async () => {
		try {
			return await read();
		} catch (problem) {
			if (problem instanceof TypeError) error(400, 'malformed_body');
			throw problem;
		}
	};
	return request;
}
