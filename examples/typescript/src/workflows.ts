export { awaitAsChild } from './await.js';
