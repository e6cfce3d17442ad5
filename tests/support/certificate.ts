import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TestCertificate {
	key: string;
	cert: string;
}

const SUBJECT = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];

let made: TestCertificate | undefined;

/** A key and a self-signed certificate for localhost, made once per process. Needs `openssl`. */
export function testCertificate(): TestCertificate {
	if (made) return made;
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
	const request = ['req', '-x509', '-key', '/dev/stdin', '-days', '3650', ...SUBJECT];
	const cert = execFileSync('openssl', request, { input: key, encoding: 'utf8', stdio: 'pipe' });
	return (made = { key, cert });
}

let written: string | undefined;

/** The certificate as a file, for NODE_EXTRA_CA_CERTS of a server started by the test; removed when the process ends. */
export function testCertificateFile(): string {
	if (written) return written;
	const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	written = path.join(folder, 'cert.pem');
	writeFileSync(written, testCertificate().cert);
	return written;
}
