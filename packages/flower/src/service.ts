import { FlowerService } from './generated/flower_pb.js';

/** The gRPC path of the stream that joins a client to its server. */
export const JOIN_PATH = `/${FlowerService.typeName}/${FlowerService.method.join.name}`;
