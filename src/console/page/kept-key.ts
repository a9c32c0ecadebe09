/** The key, kept until this tab is closed: a reload finds it, another tab does not. */
const NAME = 'agent-server key';

export const keptKey = (): string | undefined => sessionStorage.getItem(NAME) ?? undefined;
export const keepKey = (key: string): void => sessionStorage.setItem(NAME, key);
export const forgetKey = (): void => sessionStorage.removeItem(NAME);
