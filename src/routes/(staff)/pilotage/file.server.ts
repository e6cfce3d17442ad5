/** A file to keep: never stored on the way, never opened in the browser. */
export const asFile = (content: string, name: string, type = 'text/csv'): Response =>
	new Response(content, {
		headers: {
			'content-type': `${type}; charset=utf-8`,
			'content-disposition': `attachment; filename="${name}"`,
			'cache-control': 'private, no-store',
		},
	});
