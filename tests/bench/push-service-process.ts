/** A push service that only answers 201, in a process of its own: `tsx push-service-process.ts <delay in ms>`. */
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { testCertificate } from '../support/certificate.ts';

const delayMs = Number(process.argv[2] ?? 0);
const { key, cert } = testCertificate();
const server = https.createServer({ key, cert }, (request, response) => {
	const answer = () => response.writeHead(201).end();
	request.resume().on('end', () => (delayMs > 0 ? setTimeout(answer, delayMs) : answer()));
});
server.listen(0, 'localhost', () => {
	process.send!({ host: `localhost:${(server.address() as AddressInfo).port}`, ca: cert });
});
process.on('disconnect', () => process.exit(0));
