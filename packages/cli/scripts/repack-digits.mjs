// Makes assets/digits.bin.gz from scikit-learn's digits.csv.gz: node repack-digits.mjs path/to/digits.csv.gz
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

const [source] = process.argv.slice(2);
const rows = gunzipSync(readFileSync(source)).toString('utf8').trim().split('\n');
const head = Buffer.alloc(16);
head.write('FODIGITS', 0, 'latin1');
head.writeUInt32LE(1, 8);
head.writeUInt32LE(rows.length, 12);
const body = Buffer.concat(rows.map((row) => Buffer.from(row.split(',').map(Number))));
if (body.length !== rows.length * 65) throw new Error('expected 64 pixels and a label in each row');
writeFileSync(
  new URL('../assets/digits.bin.gz', import.meta.url),
  gzipSync(Buffer.concat([head, body]), { level: 9 }),
);
