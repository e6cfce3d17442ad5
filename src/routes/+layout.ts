// No framework script on any page: decisions/0006. Data comes from server loads, actions are HTML forms.
export const csr = false;
