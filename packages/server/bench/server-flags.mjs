import { FL_SERVER_NODE_FLAGS, FLOWER_SERVER_NODE_FLAGS } from '@fedops/server';

/** How Node is started for every server of ours that is measured: as the server manager starts one. */
export const SERVER_FLAGS = FL_SERVER_NODE_FLAGS;

/** The same for a server with the door for Flower's clients. */
export const DOOR_SERVER_FLAGS = FLOWER_SERVER_NODE_FLAGS;
