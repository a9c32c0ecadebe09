/** Whether a socket that Bun says is open is. In Wine it says so of one that was refused, too: that has nobody on its other side. */
export const isConnected = ({ remotePort }: { readonly remotePort?: number }): boolean => remotePort !== undefined;
