/**
 * Preloaded into a portal under test (`node --import`): its whole idea of what time it is can be moved by its parent,
 * without the product knowing: where it begins by `MOVED_CLOCK`, milliseconds, then by messages. Timers keep their pace.
 */
const RealDate = Date;
const { MOVED_CLOCK } = process.env;
let offset = MOVED_CLOCK ? Number(MOVED_CLOCK) - RealDate.now() : 0;

globalThis.Date = class extends RealDate {
	constructor(...args) {
		if (args.length === 0) super(RealDate.now() + offset);
		else super(...args);
	}
	static now() {
		return RealDate.now() + offset;
	}
};

process.on('message', (message) => {
	if (typeof message?.clock !== 'number') return;
	offset = message.clock - RealDate.now();
	process.send?.({ clockMoved: message.clock });
});
process.channel?.unref();
