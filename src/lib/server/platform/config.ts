import { createECDH, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import path from 'node:path';
import { normalizeEmail } from './email.ts';
import { isReturnAddress } from './return-path.ts';

export type Role = 'all' | 'web' | 'worker';

export interface Config {
	origin: string;
	port: number;
	dataDir: string;
	databaseFile: string;
	dataKey: string;
	/** While a new key takes its place (`npm run portal -- reseal`): opens what is not sealed anew yet, seals nothing. */
	dataKeyPrevious: string | null;
	codePepper: string;
	vapid: { publicKey: string; privateKey: string; subject: string };
	/** Absent in the demo: messages then go to the mailbox page. */
	smtpUrl: string | null;
	mailFrom: string;
	/** Where mails that could not be delivered come back, and what signs their report; absent: nobody hears of them. */
	bounces: { address: string; key: string } | null;
	smsUrl: string | null;
	smsKey: string | null;
	/** Opens /api/metrics to whoever holds it; without one, the machine itself only. */
	metricsToken: string | null;
	/** Hosts a push endpoint may name; a leading dot allows sub-domains. */
	pushHosts: string[];
	role: Role;
	demo: boolean;
	/** Root of the checkout or of the deployed folder: migrations and reference data are found from it. */
	root: string;
}

/** All that is wrong with the environment, listed at once. */
export class ConfigError extends Error {
	constructor(readonly problems: string[]) {
		super(`Configuration: ${problems.length} problem(s)\n- ${problems.join('\n- ')}`);
		this.name = 'ConfigError';
	}
}

/** The browsers' own push services: Chrome and Samsung, Firefox, Safari, Edge. */
export const BROWSER_PUSH_HOSTS = [
	'fcm.googleapis.com',
	'.push.services.mozilla.com',
	'.push.apple.com',
	'.notify.windows.com',
];

const KEYS = ['DATA_KEY', 'CODE_PEPPER', 'VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'] as const;

/** A fresh set of secrets, as printed by `npm run portal -- keys`. */
export function newKeys(): Record<(typeof KEYS)[number], string> {
	const pair = createECDH('prime256v1');
	pair.generateKeys();
	return {
		DATA_KEY: randomBytes(32).toString('base64url'),
		CODE_PEPPER: randomBytes(32).toString('base64url'),
		VAPID_PUBLIC_KEY: pair.getPublicKey().toString('base64url'),
		// One key in 256 begins with a zero byte, which Node leaves out.
		VAPID_PRIVATE_KEY: Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()])
			.subarray(-32)
			.toString('base64url'),
	};
}

function isPair(publicKey: string, privateKey: string): boolean {
	const pair = createECDH('prime256v1');
	try {
		pair.setPrivateKey(Buffer.from(privateKey, 'base64url'));
	} catch {
		return false;
	}
	return pair.getPublicKey().equals(Buffer.from(publicKey, 'base64url'));
}

/** Keys of the demo: thrown together once, kept beside its database so that a second start can read it. */
function demoKeys(dataDir: string): Record<string, string> {
	const file = path.join(dataDir, 'demo-keys.json');
	if (!existsSync(file)) {
		mkdirSync(dataDir, { recursive: true });
		// Whole or not at all: another process of the same demo may be reading.
		const draft = `${file}.${process.pid}`;
		writeFileSync(draft, JSON.stringify(newKeys(), null, '\t'), { mode: 0o600 });
		try {
			linkSync(draft, file);
		} catch (error) {
			// Another process was first: its keys are the ones.
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		} finally {
			rmSync(draft);
		}
	}
	return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}

/**
 * Reads and checks the environment (architecture.md §5).
 * @throws ConfigError naming every problem found
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
	const problems: string[] = [];
	const demo = env.DEMO === '1';
	const port = Number(env.PORT ?? 3000);
	if (!Number.isInteger(port) || port < 0 || port > 65535) problems.push('PORT must be a port number');
	const dataDir = path.resolve(env.DATA_DIR ?? './data');
	const origin = env.ORIGIN ?? (demo ? `http://localhost:${port}` : '');
	if (!origin) problems.push('ORIGIN is required, e.g. https://parcours.example.fr');
	else if (!URL.canParse(origin) || new URL(origin).origin !== origin)
		problems.push('ORIGIN must be scheme and host only');
	else if (!demo && !origin.startsWith('https://')) problems.push('ORIGIN must be https outside the demo');

	const keys: Record<string, string | undefined> = demo ? { ...demoKeys(dataDir), ...defined(env) } : env;
	for (const name of KEYS) if (!keys[name]) problems.push(`${name} is required (npm run portal -- keys prints a set)`);
	if (keys.DATA_KEY && Buffer.from(keys.DATA_KEY, 'base64url').length < 32)
		problems.push('DATA_KEY must hold 32 bytes of base64url');
	const dataKeyPrevious = env.DATA_KEY_PREVIOUS || null;
	if (dataKeyPrevious && Buffer.from(dataKeyPrevious, 'base64url').length < 32)
		problems.push('DATA_KEY_PREVIOUS must hold 32 bytes of base64url');
	if (keys.VAPID_PUBLIC_KEY && Buffer.from(keys.VAPID_PUBLIC_KEY, 'base64url').length !== 65)
		problems.push('VAPID_PUBLIC_KEY must be an uncompressed P-256 point in base64url');
	else if (keys.VAPID_PUBLIC_KEY && keys.VAPID_PRIVATE_KEY && !isPair(keys.VAPID_PUBLIC_KEY, keys.VAPID_PRIVATE_KEY))
		problems.push('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY do not belong together');
	const subject = keys.VAPID_SUBJECT ?? (demo ? 'mailto:contact@example.fr' : '');
	if (!/^(mailto:|https:\/\/)/.test(subject)) problems.push('VAPID_SUBJECT must be a mailto: or https: address');

	const smtpUrl = env.SMTP_URL ?? null;
	if (!smtpUrl && !demo) problems.push('SMTP_URL is required');
	if (smtpUrl && !/^smtps?:\/\//.test(smtpUrl)) problems.push('SMTP_URL must start with smtp:// or smtps://');
	const mailFrom = env.MAIL_FROM ?? (demo ? 'Mon parcours <ne-pas-perdre@example.fr>' : '');
	if (!mailFrom) problems.push('MAIL_FROM is required');
	const bounceAddress = normalizeEmail(env.BOUNCE_ADDRESS ?? '');
	if (env.BOUNCE_ADDRESS && !isReturnAddress(bounceAddress))
		problems.push('BOUNCE_ADDRESS must be an address with at most 15 characters, and no +, before the @');
	if (env.BOUNCE_ADDRESS && !env.BOUNCE_KEY) problems.push('BOUNCE_KEY is required with BOUNCE_ADDRESS');
	const smsUrl = env.SMS_URL ?? null;
	if (smsUrl && !URL.canParse(smsUrl)) problems.push('SMS_URL must be an address');
	if (smsUrl && !env.SMS_KEY) problems.push('SMS_KEY is required with SMS_URL');
	for (const [name, url] of Object.entries({ SMTP_URL: smtpUrl, SMS_URL: smsUrl }))
		if (demo && url && !isThisMachine(url))
			problems.push(
				`${name}: the demo writes to invented people, whose addresses and numbers may be somebody's. ` +
					`Leave it empty, name a server on this machine (localhost), or unset DEMO`,
			);
	if (env.DATABASE_URL) problems.push('DATABASE_URL: PostgreSQL is not served yet; leave it empty to use SQLite');
	const role = (env.ROLE ?? 'all') as Role;
	if (!['all', 'web', 'worker'].includes(role)) problems.push('ROLE must be web, worker or absent');

	if (problems.length > 0) throw new ConfigError(problems);
	return {
		origin,
		port,
		dataDir,
		databaseFile: path.join(dataDir, 'portal.db'),
		dataKey: keys.DATA_KEY!,
		dataKeyPrevious,
		codePepper: keys.CODE_PEPPER!,
		vapid: { publicKey: keys.VAPID_PUBLIC_KEY!, privateKey: keys.VAPID_PRIVATE_KEY!, subject },
		smtpUrl,
		mailFrom,
		bounces: bounceAddress ? { address: bounceAddress, key: env.BOUNCE_KEY! } : null,
		smsUrl,
		smsKey: env.SMS_KEY ?? null,
		metricsToken: env.METRICS_TOKEN || null,
		pushHosts: (env.PUSH_HOSTS ?? '')
			.split(',')
			.map((host) => host.trim())
			.filter(Boolean)
			.concat(env.PUSH_HOSTS ? [] : BROWSER_PUSH_HOSTS),
		role,
		demo,
		root: env.PORTAL_ROOT ?? process.cwd(),
	};
}

/** Whether an address is of the machine itself; one that cannot be read is not. */
function isThisMachine(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const host = new URL(url).hostname;
	return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

const defined = (env: Record<string, string | undefined>) =>
	Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));

let current: Config | undefined;

/** The configuration of this process, read once. */
export const config = (): Config => (current ??= loadConfig(process.env));
