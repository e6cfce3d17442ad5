import type { Db } from '../../src/lib/server/db/client.ts';
import { joinPaper, type Joining } from '../../src/lib/server/papers/commands.ts';
import { keepFiles, type SentFile } from '../../src/lib/server/papers/files.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { aPhoto } from './files.ts';
import { NOW } from './insert.ts';

interface PaperOptions extends Partial<Omit<Joining, 'pages'>> {
	of: Joining['of'];
	personId: string;
	accountId: string;
	files?: SentFile[];
}

/** One photo, kept and joined as a person does. */
export async function aPaper(db: Db, { accountId, files, ...joining }: PaperOptions) {
	const pages = await keepFiles(files ?? [{ name: 'photo.jpg', bytes: aPhoto() }]);
	const by = { accountId, role: 'beneficiary' as const, structureId: null };
	const joined = await db.write((tx) => joinPaper(tx, { pages, formKey: newId(), most: 10, by, now: NOW, ...joining }));
	return { ...joined, pages };
}
