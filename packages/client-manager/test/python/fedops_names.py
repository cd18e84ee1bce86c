"""The two vocabularies of FedOps' control plane: that of spring 2023 ("old") and today's ("current")."""

OLD_STATUS = {
    "task": "FL_task_id",
    "num": "FL_client_num",
    "mac": "FL_client_mac",
    "online": "FL_client_online",
    "start": "FL_client_start",
    "fail": "FL_client_fail",
    "server": "FL_server_IP",
    "version": "FL_next_gl_model",
}
CURRENT_STATUS = {
    "task": "task_id",
    "num": "client_num",
    "mac": "client_mac",
    "online": "client_online",
    "start": "client_start",
    "fail": "client_fail",
    "server": "server_IP",
    "version": "gl_model",
}
OLD_MANAGER = {
    "online": "FL_client_online",
    "training": "FL_learning",
    "task": "FL_task_id",
    "record": "FL_task_status",
    "mac": "FL_client_mac",
    "name": "FL_client_hostname",
}
CURRENT_MANAGER = {
    "online": "client_online",
    "training": "client_training",
    "task": "task_id",
    "record": "task_status",
    "mac": "client_mac",
    "name": "client_name",
}


def status_names(vocabulary):
    return OLD_STATUS if vocabulary == "old" else CURRENT_STATUS


def manager_names(vocabulary):
    return OLD_MANAGER if vocabulary == "old" else CURRENT_MANAGER
