// The one page that ships Kit's client: the demo's mailbox refreshes itself. It must stay one, because Kit inlines
// stylesheets into all pages only when there is a client build to take them from (decisions/0006).
export const csr = true;
