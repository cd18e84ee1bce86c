"""`OmegaConf.create`: a dict whose entries are attributes too."""


class DictConfig(dict):
    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)


class OmegaConf:
    @staticmethod
    def create(value):
        if not isinstance(value, dict):
            return value
        return DictConfig({name: OmegaConf.create(entry) for name, entry in value.items()})
