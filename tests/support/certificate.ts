import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TestCertificate {
	key: string;
	cert: string;
	/** For NODE_EXTRA_CA_CERTS of a server started by the test. */
	certFile: string;
}

const SUBJECT = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

let made: TestCertificate | undefined;

/** A key and a self-signed certificate for localhost, made once per process, in a temporary folder removed at its end. Needs `openssl`. */
export function testCertificate(): TestCertificate {
	if (made) return made;
	const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	const keyFile = path.join(folder, 'key.pem');
	const certFile = path.join(folder, 'cert.pem');
	const files = ['-keyout', keyFile, '-out', certFile];
	execFileSync('openssl', ['req', '-x509', ...KEY, ...files, '-days', '3650', ...SUBJECT], { stdio: 'pipe' });
	return (made = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), certFile });
}
