// One container's life through dockerode: node lifecycle.cjs SOCKET IMAGE. Fails where a step does.
'use strict';

const assert = require('node:assert/strict');
const Docker = require('dockerode');

const [socketPath, image] = process.argv.slice(2);
const docker = new Docker({ socketPath });

/** Gathers what a stream says; `until` waits for a part of it. */
function gather() {
  let text = '';
  const waiting = new Set();
  return {
    write(chunk) {
      text += chunk.toString('utf8');
      waiting.forEach((look) => look());
      return true;
    },
    text: () => text,
    until: (part) =>
      new Promise((resolve) => {
        const look = () => {
          if (text.includes(part)) {
            waiting.delete(look);
            resolve();
          }
        };
        waiting.add(look);
        look();
      }),
  };
}

const ended = (stream) =>
  new Promise((resolve, reject) => stream.on('end', resolve).on('close', resolve).on('error', reject));

async function run() {
  assert.equal((await docker.ping()).toString(), 'OK');
  assert.equal((await docker.version()).Os, 'linux');

  const seen = gather();
  const events = await docker.getEvents({ filters: { container: ['dockerode'] } });
  events.on('data', (chunk) => seen.write(chunk));

  const container = await docker.createContainer({
    name: 'dockerode',
    Image: image,
    Cmd: ['sh', '-c', 'echo out; echo err >&2; exec cat'],
    OpenStdin: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  await attached(container);
  assert.equal((await container.inspect()).State.Running, true);
  assert.ok((await docker.listContainers()).some((one) => one.Names.includes('/dockerode')));
  await executed(container);
  await measured(container);
  const waiting = container.wait();
  await container.stop({ t: 0 });
  assert.equal((await waiting).StatusCode, 137);
  await logged(container);
  await container.remove();
  await assert.rejects(container.inspect(), (e) => e.statusCode === 404 && /No such container/.test(e.message));

  await seen.until('"destroy"');
  events.destroy();
  const actions = seen.text().trim().split('\n').map((line) => JSON.parse(line).Action);
  for (const action of ['create', 'attach', 'start', 'die', 'stop', 'destroy']) {
    assert.ok(actions.includes(action), `${action} in ${actions}`);
  }
}

async function attached(container) {
  const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
  const out = gather();
  const err = gather();
  container.modem.demuxStream(stream, out, err);
  await container.start();
  stream.write('typed\n');
  await out.until('out\ntyped\n');
  await err.until('err\n');
  stream.destroy();
}

async function executed(container) {
  const exec = await container.exec({
    Cmd: ['sh', '-c', 'cat; echo oops >&2; exit 7'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const out = gather();
  const err = gather();
  container.modem.demuxStream(stream, out, err);
  const over = ended(stream);
  stream.end('given\n');
  await over;
  assert.equal(out.text(), 'given\n');
  assert.equal(err.text(), 'oops\n');
  const shown = await exec.inspect();
  assert.equal(shown.Running, false);
  assert.equal(shown.ExitCode, 7);
}

async function measured(container) {
  const once = await container.stats({ stream: false });
  assert.equal(once.name, '/dockerode');
  assert.ok(once.memory_stats.usage > 0);
  const stream = await container.stats({ stream: true });
  const said = gather();
  stream.on('data', (chunk) => said.write(chunk));
  await said.until('\n');
  stream.destroy();
  assert.ok(JSON.parse(said.text().split('\n')[0]).pids_stats.current >= 1);
}

async function logged(container) {
  const frames = await container.logs({ stdout: true, stderr: true, timestamps: false });
  const texts = { 1: '', 2: '' };
  for (let at = 0; at < frames.length; ) {
    const length = frames.readUInt32BE(at + 4);
    texts[frames[at]] += frames.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
  }
  assert.deepEqual(texts, { 1: 'out\ntyped\n', 2: 'err\n' });
}

run().then(
  () => process.exit(0),
  (failure) => {
    console.error(failure);
    process.exit(1);
  },
);
