import { createECDH } from 'node:crypto';

const THROW_AWAY = Buffer.from('test'.repeat(8));

function vapidPair() {
	const pair = createECDH('prime256v1');
	pair.setPrivateKey(THROW_AWAY);
	return {
		VAPID_PUBLIC_KEY: pair.getPublicKey().toString('base64url'),
		VAPID_PRIVATE_KEY: pair.getPrivateKey().toString('base64url'),
	};
}

/** A complete environment of a portal that is not the demo; its keys are the word « test » and open nothing. */
export const testEnvironment = (dataDir: string): Record<string, string> => ({
	ORIGIN: 'https://portail.example.fr',
	DATA_DIR: dataDir,
	DATA_KEY: THROW_AWAY.toString('base64url'),
	CODE_PEPPER: THROW_AWAY.toString('base64url'),
	...vapidPair(),
	VAPID_SUBJECT: 'mailto:contact@example.fr',
	// Port 9 discards: a test that sends for real by mistake is refused at once.
	SMTP_URL: 'smtp://127.0.0.1:9',
	MAIL_FROM: 'Mon parcours <portail@example.fr>',
});
