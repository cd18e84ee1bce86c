import { parseWith } from '@fedops/shared-types';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { EventStreams } from './event-streams.js';

const QuerySchema = z.object({ after: z.string().max(100).optional() });

/**
 * `GET /v1/run/events`: docs/protocol.md, 1.8. `Last-Event-ID` wins over `?after=`: a browser that reconnects
 * sends the former and repeats the latter.
 */
export function eventsRoute(streams: EventStreams) {
  return (request: Request, response: Response): void => {
    const { after } = parseWith(QuerySchema, request.query, 'query of the events');
    streams.open(response, request.get('Last-Event-ID') ?? after);
    if (request.method === 'HEAD') response.end();
  };
}
