// Runs in a process of its own, with plain node: loads one bundled handler, calls it with one event, and writes what
// came of it to file descriptor 3 (stdout is the handler's log).
const { writeSync } = require('node:fs');

const [bundle, event] = process.argv.slice(2);

require(bundle)
  .handler(event === undefined ? undefined : JSON.parse(event))
  .then(
    (answer) => writeSync(3, JSON.stringify({ answer })),
    (error) => writeSync(3, JSON.stringify({ error: { name: error.name, message: error.message } })),
  );
