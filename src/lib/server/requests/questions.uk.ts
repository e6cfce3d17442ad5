import type { Translations } from './questions.ts';

/** Not yet read by a person whose language it is (src/lib/i18n/README.md). Same keys as `questions.ar.ts`. */
const ukrainian: Translations = {};
export default ukrainian;
