/** The browser's own subscription, taken anew when the portal has another key; for the pages and the service worker. */

/** Letters and digits alone: base64 and base64url write the other signs differently. */
const plain = (text: string) => text.replace(/\W|_/g, '');

export async function currentSubscription(pushManager: PushManager): Promise<PushSubscription> {
	const { key } = (await (await fetch('/api/push/key')).json()) as { key: string };
	const known = await pushManager.getSubscription();
	const own = known?.options?.applicationServerKey;
	// A browser that does not tell its key is believed. One made for a former key can be reached by no push of ours.
	if (known && (!own || plain(btoa(String.fromCharCode(...new Uint8Array(own)))) === plain(key))) return known;
	await known?.unsubscribe();
	return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}
