/** The few words the service worker says by itself, in every language of the portal (messages/worker). */
type Words = typeof import('../../messages/worker/fr.json');

const catalogues = import.meta.glob<Words>('../../messages/worker/*.json', { eager: true, import: 'default' });
const words = new Map(
	Object.entries(catalogues).map(([path, catalogue]) => [/(\w+)\.json$/.exec(path)![1]!, catalogue]),
);

export const BASE = 'fr';
export const LANGUAGES = [...words.keys()];

export const wordsIn = (language: string | undefined): Words => words.get(language ?? BASE) ?? words.get(BASE)!;
