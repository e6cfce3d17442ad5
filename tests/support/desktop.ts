import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The desktop that Chromium on Linux shows its notifications on: a D-Bus session bus with one service,
 * `org.freedesktop.Notifications`. A tap is then the browser's own, trusted: it may open a window. Plain Node, nothing to install.
 */

export interface DesktopNotification {
	id: number;
	title: string;
	body: string;
	/** What can be touched: `default` is the notification itself. */
	actions: Record<string, string>;
	isOpen: boolean;
}

export interface Desktop {
	/** For the environment of the browser: DBUS_SESSION_BUS_ADDRESS. */
	address: string;
	shown: DesktopNotification[];
	/** Touches an open notification, or the button of it that says this. */
	tap(notification: DesktopNotification, button?: string): void;
	stop(): void;
}

const SERVICE = 'org.freedesktop.Notifications';
const BUS = 'org.freedesktop.DBus';
const [CALL, ANSWER, ERROR, SIGNAL] = [1, 2, 3, 4];
/** Codes and types of the header's fields (D-Bus specification, « Header Fields »). */
const FIELDS = { path: [1, 'o'], interface: [2, 's'], member: [3, 's'], error: [4, 's'], replyTo: [5, 'u'] } as const;
const MORE_FIELDS = { destination: [6, 's'], sender: [7, 's'], signature: [8, 'g'] } as const;
const CODES = { ...FIELDS, ...MORE_FIELDS };
const NAMES = Object.fromEntries(Object.entries(CODES).map(([name, [code]]) => [code, name]));

interface Call {
	type: number;
	serial: number;
	destination?: string;
	member?: string;
	body: Reader;
}

export async function startDesktop(): Promise<Desktop> {
	const folder = mkdtempSync(path.join(tmpdir(), 'desktop-'));
	const file = path.join(folder, 'bus');
	const sockets = new Set<net.Socket>();
	const shown: DesktopNotification[] = [];

	const server = net.createServer((socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket)).on('error', () => {});
		speak(socket, (call) => answerTo(call, socket));
	});
	await new Promise<void>((resolve) => server.listen(file, resolve));

	function answerTo({ type, serial, destination, member = '', body }: Call, socket: net.Socket) {
		if (type !== CALL) return;
		const answer = (signature = '', ...values: Value[]) =>
			socket.write(messageOf(ANSWER, { replyTo: serial, sender: destination ?? BUS }, signature, values));
		const known = destination === SERVICE ? notifications[member] : bus[member];
		if (known && (destination === SERVICE || destination === BUS)) return answer(...known(body));
		const error = `${BUS}.Error.ServiceUnknown`;
		socket.write(messageOf(ERROR, { replyTo: serial, sender: BUS, error }, 's', ['not on this desktop']));
	}

	const signal = (member: string, signature: string, ...values: Value[]) => {
		const header = { path: '/org/freedesktop/Notifications', interface: SERVICE, member, sender: SERVICE };
		for (const socket of sockets) socket.write(messageOf(SIGNAL, header, signature, values));
	};

	const close = (id: number, reason: number) => {
		const open = shown.find((one) => one.id === id && one.isOpen);
		if (!open) return;
		open.isOpen = false;
		signal('NotificationClosed', 'uu', id, reason);
	};

	const notifications: Record<string, (body: Reader) => [string?, ...Value[]]> = {
		GetCapabilities: () => ['as', ['actions', 'body', 'persistence']],
		GetServerInformation: () => ['ssss', 'desktop', 'tests', '1', '1.2'],
		Notify(body) {
			const [, replaces, , title, text] = [body.string(), body.uint(), body.string(), body.string(), body.string()];
			const pairs = body.strings();
			const actions = Object.fromEntries(pairs.flatMap((key, at) => (at % 2 ? [] : [[key, pairs[at + 1]!]])));
			const known = shown.find(({ id }) => id === replaces);
			const notification = { id: replaces || shown.length + 1, title, body: text, actions, isOpen: true };
			if (known) Object.assign(known, notification);
			else shown.push(notification);
			return ['u', notification.id];
		},
		CloseNotification(body) {
			close(body.uint(), 3);
			return [];
		},
	};
	const bus: typeof notifications = {
		Hello: () => ['s', ':1.1'],
		AddMatch: () => [],
		RemoveMatch: () => [],
		NameHasOwner: (body) => ['b', Number(body.string() === SERVICE)],
		GetNameOwner: (body) => ['s', body.string() === SERVICE ? SERVICE : BUS],
		ListNames: () => ['as', [BUS, SERVICE]],
		ListActivatableNames: () => ['as', [BUS, SERVICE]],
		StartServiceByName: () => ['u', 2],
		RequestName: () => ['u', 1],
	};

	return {
		address: `unix:path=${file}`,
		shown,
		tap({ id, actions }, button) {
			const action = button ? Object.keys(actions).find((key) => actions[key] === button) : 'default';
			if (action === undefined) throw new Error(`no button « ${button} »`);
			signal('ActionInvoked', 'us', id, action);
			close(id, 2);
		},
		stop() {
			for (const socket of sockets) socket.destroy();
			server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Who connects says who they are, is believed, then sends messages. */
function speak(socket: net.Socket, onCall: (call: Call) => void) {
	let waiting = Buffer.alloc(0);
	let isGreeted = false;
	const greet = () => {
		for (let end = waiting.indexOf('\r\n'); end >= 0 && !isGreeted; end = waiting.indexOf('\r\n')) {
			const line = waiting.toString('latin1', 0, end).replace('\0', '');
			waiting = waiting.subarray(end + 2);
			if (line.startsWith('BEGIN')) isGreeted = true;
			else if (line.startsWith('AUTH EXTERNAL')) socket.write(`OK ${randomBytes(16).toString('hex')}\r\n`);
			else socket.write(line.startsWith('NEGOTIATE') ? 'ERROR\r\n' : 'REJECTED EXTERNAL\r\n');
		}
	};
	socket.on('data', (chunk) => {
		waiting = Buffer.concat([waiting, chunk]);
		if (!isGreeted) greet();
		while (isGreeted && waiting.length >= 16) {
			const bodyAt = 16 + padded(waiting.readUInt32LE(12), 8);
			const length = bodyAt + waiting.readUInt32LE(4);
			if (waiting.length < length) return;
			onCall(callOf(waiting.subarray(0, length), bodyAt));
			waiting = waiting.subarray(length);
		}
	});
}

const padded = (length: number, to: number) => Math.ceil(length / to) * to;

/** Reads the values of a message one after the other; all that is read here is little-endian, as this machine. */
class Reader {
	constructor(
		readonly bytes: Buffer,
		public at = 0,
	) {}
	uint(): number {
		this.at = padded(this.at, 4) + 4;
		return this.bytes.readUInt32LE(this.at - 4);
	}
	string(): string {
		const length = this.uint();
		this.at += length + 1;
		return this.bytes.toString('utf8', this.at - length - 1, this.at - 1);
	}
	signature(): string {
		const length = this.bytes[this.at]!;
		this.at += length + 2;
		return this.bytes.toString('latin1', this.at - length - 1, this.at - 1);
	}
	strings(): string[] {
		const end = this.uint() + this.at;
		const found: string[] = [];
		while (this.at < end) found.push(this.string());
		return found;
	}
}

function callOf(message: Buffer, bodyAt: number): Call {
	const header = new Reader(message, 12);
	const end = header.uint() + 16;
	const fields: Record<string, string | number> = {};
	while (header.at < end) {
		header.at = padded(header.at, 8) + 1;
		const name = NAMES[message[header.at - 1]!] ?? '';
		const type = header.signature();
		fields[name] = type === 'u' ? header.uint() : type === 'g' ? header.signature() : header.string();
	}
	const body = new Reader(message.subarray(bodyAt));
	return { type: message[1]!, serial: message.readUInt32LE(8), ...fields, body };
}

type Value = string | number | string[];
let lastSerial = 0;

function messageOf(
	type: number,
	header: Partial<Record<keyof typeof CODES, string | number>>,
	signature: string,
	values: Value[],
) {
	const body = written(signature, values);
	const named = Object.entries({ ...header, ...(signature && { signature }) });
	const fields = named.reduce<Buffer>((before, [name, value]) => {
		const [code, kind] = CODES[name as keyof typeof CODES];
		const start = Buffer.concat([before, Buffer.alloc(padded(before.length, 8) - before.length)]);
		return written(kind, [value], Buffer.concat([start, Buffer.of(code, 1, kind.charCodeAt(0), 0)]));
	}, Buffer.alloc(0));
	const start = Buffer.of('l'.charCodeAt(0), type, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	start.writeUInt32LE(body.length, 4);
	start.writeUInt32LE(++lastSerial, 8);
	start.writeUInt32LE(fields.length, 12);
	return Buffer.concat([start, fields, Buffer.alloc(padded(fields.length, 8) - fields.length), body]);
}

/** These values as D-Bus writes them, after what is already there: each begins at a multiple of its own size. */
function written(signature: string, values: Value[], before: Buffer = Buffer.alloc(0)): Buffer {
	const types = signature.match(/a?./g) ?? [];
	return types.reduce((bytes, type, index) => {
		const value = values[index]!;
		if (type === 'g') return Buffer.concat([bytes, Buffer.of(String(value).length), Buffer.from(`${String(value)}\0`)]);
		const start = Buffer.concat([bytes, Buffer.alloc(padded(bytes.length, 4) - bytes.length + 4)]);
		const place = start.length - 4;
		if (typeof value === 'number') return (start.writeUInt32LE(value, place), start);
		const content = Array.isArray(value) ? written('s'.repeat(value.length), value) : Buffer.from(`${value}\0`);
		start.writeUInt32LE(Array.isArray(value) ? content.length : content.length - 1, place);
		return Buffer.concat([start, content]);
	}, before);
}
