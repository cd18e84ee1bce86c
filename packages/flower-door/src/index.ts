export { flowerDoor } from './flower-door.js';
export type { FlowerDoorSettings, FlowerWork } from './settings.js';
