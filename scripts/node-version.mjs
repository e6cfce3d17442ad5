/** Refuses a Node that is too old, with a sentence: every command imports this first. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`Sans Couture needs Node 20.19 or newer; this is ${process.versions.node}.`);
	process.exit(1);
}
