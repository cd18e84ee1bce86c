import { type Listener, listen, silentLogger } from '@fedops/http-service';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import supertest from 'supertest';
import { createClientRouter } from '../src/index.js';
import { ADDRESS, aTask } from './client-app.js';

describe('createClientRouter', () => {
  let listener: Listener | undefined;
  afterEach(() => listener?.close({ graceMs: 0 }));

  function host(settings: object = {}) {
    const { task, server } = aTask(settings);
    const app = express();
    app.use(express.json());
    app.use('/fl', createClientRouter(task));
    app.get('/mine', (_request, response) => response.send('mine'));
    return { app, task, server };
  }

  it('serves its routes under a prefix of an app that parses bodies itself', async () => {
    const { app, server } = host();
    server.finish();
    await supertest(app).get('/fl/online').expect(200);
    await supertest(app).post('/fl/start').send(ADDRESS).expect(200);
    const refused = await supertest(app).post('/fl/start').send({}).expect(400);
    expect(refused.body).toMatchObject({ code: 'invalid-argument' });
  });

  it('takes a start without a body in such an app', async () => {
    const { app } = host({ serverIp: '127.0.0.1:1' });
    await supertest(app)
      .post('/fl/start')
      .set('Content-Length', '0')
      .set('Content-Type', 'application/json')
      .expect(200);
  });

  it('guards its own routes and leaves the others to their owner', async () => {
    const { app } = host();
    await supertest(app).get('/fl/online').set('Host', 'evil.example').expect(403);
    await supertest(app).get('/mine').set('Host', 'evil.example').expect(200, 'mine');
    await supertest(app).get('/fl/other').expect(404);
  });

  it("honours the task's token and the names under which it is reached", async () => {
    const { app } = host({ controlToken: 'a-token-for-managers', ownHosts: ['device.example'] });
    listener = await listen(app, { port: 0, credentials: true }, { logger: silentLogger });
    const asked = supertest(listener.url).get('/fl/online').set('Host', 'device.example');
    await asked.expect(401);
    const holder = supertest(listener.url).get('/fl/online').set('Host', 'device.example');
    await holder.set('Authorization', 'Bearer a-token-for-managers').expect(200);
  });
});
