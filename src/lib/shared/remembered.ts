/** What costs much to make and is asked for again and again under few keys; forgotten whole when there are too many of them. */
export function remembered<Value>(most: number): (key: string, make: () => Value) => Value {
	const values = new Map<string, Value>();
	return (key, make) => {
		let value = values.get(key);
		if (value === undefined) {
			value = make();
			if (values.size >= most) values.clear();
			values.set(key, value);
		}
		return value;
	};
}
