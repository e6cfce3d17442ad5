import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TestCertificate {
	key: string;
	cert: string;
}

const SUBJECT = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

let made: TestCertificate | undefined;

/** A key and a self-signed certificate for localhost, made once per process. Needs `openssl`. */
export function testCertificate(): TestCertificate {
	if (made) return made;
	const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
	try {
		const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
		const files = ['-keyout', key, '-out', cert];
		execFileSync('openssl', ['req', '-x509', ...KEY, ...files, '-days', '3650', ...SUBJECT], { stdio: 'pipe' });
		return (made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') });
	} finally {
		rmSync(folder, { recursive: true });
	}
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
