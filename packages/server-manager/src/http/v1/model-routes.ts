import { PARAMETERS_MEDIA_TYPE } from '@fedops/parameters';
import { ModelVersionDetailSchema, ModelVersionSchema } from '@fedops/shared-types';
import { z } from 'zod';
import type { Manager } from '../../manager.js';
import { type Route, route } from '../route.js';
import { sendParameters } from '../send-parameters.js';
import { ModelPath, TaskPath } from './path-schemas.js';

export function modelRoutes({ tasks, models }: Manager): readonly Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/models',
        operationId: 'listModels',
        summary: 'The published versions of a task',
        access: 'member',
        params: TaskPath,
        answers: { 200: { description: 'Newest first', schema: z.array(ModelVersionSchema) } },
        errors: ['not-found', 'storage'],
      },
      async ({ params }) => models.list(tasks.get(params.taskId)),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/models/{version}',
        operationId: 'getModel',
        summary: 'One version with its manifest; `latest` and `best` are names for versions',
        access: 'member',
        params: ModelPath,
        answers: { 200: { description: 'The version', schema: ModelVersionDetailSchema } },
        errors: ['not-found', 'storage'],
      },
      async ({ params }) => models.get(tasks.get(params.taskId), params.version),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/models/{version}/parameters',
        operationId: 'getModelParameters',
        summary: "The version's parameters; the digest is the ETag, and ranges are served",
        access: 'member',
        params: ModelPath,
        answers: {
          200: { description: 'Encoded parameters', mediaType: PARAMETERS_MEDIA_TYPE },
          206: { description: 'The range that was asked for', mediaType: PARAMETERS_MEDIA_TYPE },
          304: { description: 'The asker has them' },
        },
        errors: ['not-found', 'storage'],
      },
      async ({ params, request, response }) => {
        const version = await models.get(tasks.get(params.taskId), params.version);
        const { digest } = version;
        await sendParameters(request, response, { digest, open: () => models.open(version) });
      },
    ),
  ];
}
