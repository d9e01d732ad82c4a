// Made by crates/app/tests/it/fixtures.rs, which runs the app against the practice registry. Do not edit.

import type { AccountsView, DifferencesView, Draft, FailureView, FormView, HostView, JobRow, JobView, OpenedView, PreflightView, RecentView, RegistryView, SettingsView } from '../bindings/view';

export const opened: OpenedView = {
  "file": 1,
  "name": "monalisa-2.4.0.tar",
  "fileSize": 48712192,
  "format": "ociArchive",
  "compressed": null,
  "readMs": 14,
  "images": [
    {
      "selector": "@0",
      "names": [
        {
          "name": "docker.io/library/monalisa:2.4.0",
          "imageName": "monalisa",
          "version": "2.4.0"
        },
        {
          "name": "docker.io/library/monalisa:latest",
          "imageName": "monalisa",
          "version": "latest"
        }
      ],
      "platforms": [
        "linux/amd64"
      ],
      "missingPlatforms": [],
      "size": 48700000,
      "created": 1789992700,
      "runs": "node server.js",
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "digest": "sha256:44cd4481244fe5c8541b1e559e6fb348df9892cef7ec265c4d39524bbbfb784e",
      "layers": [
        {
          "number": 1,
          "madeBy": "ADD rootfs.tar.xz /",
          "digest": "sha256:d6de20936e152920734c25b7a8b30a0f60afe3c8dec6adda91c8a2ab60f64dca",
          "diffId": "sha256:5df89231e83e52956e72bbff6710dc1d62c2cae66b5f1953dbffa202a84629e3",
          "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
          "size": 28200000,
          "declaredSize": 28200000,
          "stored": "gzip",
          "sending": "asStored",
          "platform": null
        },
        {
          "number": 2,
          "madeBy": "RUN apt-get install -y ca-certificates",
          "digest": "sha256:6a620f5f30b0e07bcf49e2305c7b60104815831b258dbfaf5b2ed3dc992223e9",
          "diffId": "sha256:63332ad0d0aac0fb9b4ebf3a679800fe72652c2f64acde85ee2804c06c140b16",
          "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
          "size": 7400000,
          "declaredSize": 7400000,
          "stored": "gzip",
          "sending": "asStored",
          "platform": null
        },
        {
          "number": 3,
          "madeBy": "RUN useradd node",
          "digest": "sha256:9249c3bb882f6ab662951fd6fc56dc3e55c3774aeee87d6f48db2f2bd17bf363",
          "diffId": "sha256:072b4369a1c1a77bbbe9e1888c39fe5a56000098500193e4258025c26a089d47",
          "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
          "size": 600000,
          "declaredSize": 600000,
          "stored": "gzip",
          "sending": "asStored",
          "platform": null
        },
        {
          "number": 4,
          "madeBy": "RUN npm ci --omit=dev",
          "digest": "sha256:e47f4d9ccf887061a43ec42f60d3ccccf62b14585502d89b72787b5d6c970c0c",
          "diffId": "sha256:614e78fe4afee80d17cbfa85b53ef7bc8546f2df80263c7a88a04daec90857f9",
          "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
          "size": 9700000,
          "declaredSize": 9700000,
          "stored": "gzip",
          "sending": "asStored",
          "platform": null
        },
        {
          "number": 5,
          "madeBy": "COPY app/ /srv/app/",
          "digest": "sha256:bbc40bd8c915a86f52a1c7a13cf6c994c5b6526fc1d5bb6d987acd9aea4a90cd",
          "diffId": "sha256:de22c2e62b0eb39e7c58550157a359b7cf14a394cc2a007e5a54a0dee155fdc7",
          "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
          "size": 2700000,
          "declaredSize": 2700000,
          "stored": "gzip",
          "sending": "asStored",
          "platform": null
        },
        {
          "number": 6,
          "madeBy": "COPY config.json /srv/app/",
          "digest": "sha256:8e8b556a56324f4a9147fc7b5b4547963a92a88593ed66d9a85e2773dfc7fe6d",
          "diffId": "sha256:8bc3bfd9569e08b058dc583a6d4bd0942f8f54207873689c17bcc7854a2825d4",
          "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
          "size": 100000,
          "declaredSize": 100000,
          "stored": "gzip",
          "sending": "asStored",
          "platform": null
        }
      ],
      "findings": []
    }
  ],
  "leftOut": [],
  "draft": {
    "file": 1,
    "image": "@0",
    "platform": "",
    "registry": "ghcr.io",
    "owner": "octo-org",
    "repository": "",
    "imageName": "monalisa",
    "versions": [
      "2.4.0"
    ],
    "versionText": "",
    "options": {
      "description": "",
      "licenses": "",
      "labels": "",
      "compression": "",
      "way": "",
      "dropAttestations": false
    }
  }
};

export const form: FormView = {
  "badLabel": null,
  "fields": [
    {
      "field": "owner",
      "optional": false,
      "ok": true,
      "findings": [],
      "versions": []
    },
    {
      "field": "imageName",
      "optional": false,
      "ok": true,
      "findings": [],
      "versions": []
    },
    {
      "field": "version",
      "optional": false,
      "ok": true,
      "findings": [],
      "versions": [
        null,
        null
      ]
    },
    {
      "field": "repository",
      "optional": true,
      "ok": false,
      "findings": [],
      "versions": []
    }
  ],
  "reference": {
    "parts": [
      {
        "part": "registry",
        "before": "",
        "text": "ghcr.io",
        "problem": false
      },
      {
        "part": "owner",
        "before": "/",
        "text": "octo-org",
        "problem": false
      },
      {
        "part": "imageName",
        "before": "/",
        "text": "monalisa",
        "problem": false
      },
      {
        "part": "version",
        "before": ":",
        "text": "2.4.0",
        "problem": false
      }
    ],
    "full": "ghcr.io/octo-org/monalisa:2.4.0",
    "shown": "ghcr.io/octo-org/monalisa:2.4.0",
    "moreVersions": [
      "latest"
    ]
  },
  "valid": true
};

export const preflight: PreflightView = {
  "checks": [
    {
      "id": "tag.moves",
      "state": "warning",
      "params": {
        "from": "sha256:ef537308b36eb4096cff0acce7b8dc15604f3db611a8ca4928300bd17eb0289b",
        "tag": "latest",
        "to": "sha256:44cd4481244fe5c8541b1e559e6fb348df9892cef7ec265c4d39524bbbfb784e"
      },
      "fix": {
        "kind": "leaveIt",
        "value": "latest",
        "draft": {
          "file": 1,
          "image": "@0",
          "platform": "",
          "registry": "ghcr.io",
          "owner": "octo-org",
          "repository": "",
          "imageName": "monalisa",
          "versions": [
            "2.4.0"
          ],
          "versionText": "",
          "options": {
            "description": "",
            "licenses": "",
            "labels": "",
            "compression": "",
            "way": "",
            "dropAttestations": false
          }
        }
      },
      "field": "version"
    },
    {
      "id": "write",
      "state": "passed",
      "params": {
        "registry": "ghcr.io"
      },
      "fix": null,
      "field": null
    },
    {
      "id": "tag.new",
      "state": "passed",
      "params": {
        "tag": "2.4.0"
      },
      "fix": null,
      "field": null
    },
    {
      "id": "bytes",
      "state": "passed",
      "params": {
        "exact": "true",
        "layers": "6",
        "reused": "36300000",
        "send": "12400851",
        "there": "4"
      },
      "fix": null,
      "field": null
    },
    {
      "id": "limits",
      "state": "passed",
      "params": {
        "largest": "28200000",
        "max": "10000000000"
      },
      "fix": null,
      "field": null
    },
    {
      "id": "foreign.none",
      "state": "passed",
      "params": {},
      "fix": null,
      "field": null
    },
    {
      "id": "platforms",
      "state": "passed",
      "params": {
        "platforms": "linux/amd64"
      },
      "fix": null,
      "field": null
    },
    {
      "id": "token",
      "state": "notChecked",
      "params": {
        "reason": "later",
        "registry": "ghcr.io",
        "username": "octocat"
      },
      "fix": null,
      "field": null
    },
    {
      "id": "owner",
      "state": "notChecked",
      "params": {
        "reason": "later"
      },
      "fix": null,
      "field": null
    },
    {
      "id": "package",
      "state": "notChecked",
      "params": {
        "reason": "later"
      },
      "fix": null,
      "field": null
    }
  ],
  "button": {
    "kind": "publishBytes",
    "bytes": 12400851,
    "exact": true
  },
  "layers": [
    "there",
    "there",
    "there",
    "toSend",
    "toSend",
    "there"
  ],
  "sizes": [
    28200000,
    7400000,
    600000,
    9700000,
    2700000,
    100000
  ],
  "bytesThere": 36300000,
  "bytesToSend": 12400851,
  "exact": true,
  "command": "slipway push /home/octocat/monalisa-2.4.0.tar ghcr.io/octo-org/monalisa:2.4.0 --tag latest"
};

export const differences: DifferencesView = {
  "tag": "latest",
  "digest": "sha256:ef537308b36eb4096cff0acce7b8dc15604f3db611a8ca4928300bd17eb0289b",
  "created": 1789992700,
  "size": 36300000,
  "platforms": [
    "linux/amd64"
  ],
  "onlyThere": [],
  "onlyHere": [],
  "platform": "linux/amd64",
  "comparison": {
    "common": {
      "count": 4,
      "bytes": 36300000
    },
    "onlyThere": {
      "count": 0,
      "bytes": 0
    },
    "onlyHere": {
      "count": 2,
      "bytes": 12400000
    },
    "config": []
  }
};

export const running: JobView = {
  "id": 1,
  "kind": "publish",
  "reference": "ghcr.io/octo-org/monalisa:2.4.0",
  "registry": "ghcr.io",
  "title": "monalisa 2.4.0",
  "fileName": "monalisa-2.4.0.tar",
  "format": "ociArchive",
  "platforms": [
    "linux/amd64"
  ],
  "practice": false,
  "draft": {
    "file": 1,
    "image": "@0",
    "platform": "",
    "registry": "ghcr.io",
    "owner": "octo-org",
    "repository": "",
    "imageName": "monalisa",
    "versions": [
      "2.4.0",
      "latest"
    ],
    "versionText": "",
    "options": {
      "description": "",
      "licenses": "",
      "labels": "",
      "compression": "",
      "way": "",
      "dropAttestations": false
    }
  },
  "started": 1790000000,
  "ended": null,
  "interrupted": false,
  "goesOn": false,
  "progress": {
    "state": "sending",
    "total": 12400851,
    "sent": 7700000,
    "kept": 7700000,
    "reused": 36300000,
    "exact": true,
    "percent": 62,
    "speed": 1300000,
    "secondsLeft": 4,
    "retrySeconds": null,
    "waitingFor": null,
    "waitingSince": null,
    "startsOver": null,
    "layersDone": 4,
    "layersTotal": 6
  },
  "layers": [
    {
      "number": 1,
      "madeBy": "ADD rootfs.tar.xz /",
      "size": 28200000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 2,
      "madeBy": "RUN apt-get install -y ca-certificates",
      "size": 7400000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 3,
      "madeBy": "RUN useradd node",
      "size": 600000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 4,
      "madeBy": "RUN npm ci --omit=dev",
      "size": 9700000,
      "exact": true,
      "state": "uploading",
      "percent": 75
    },
    {
      "number": 5,
      "madeBy": "COPY app/ /srv/app/",
      "size": 2700000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    },
    {
      "number": 6,
      "madeBy": "COPY config.json /srv/app/",
      "size": 100000,
      "exact": true,
      "state": "there",
      "percent": 100
    }
  ],
  "log": [
    {
      "atMs": 0,
      "text": "asking what the registry has"
    }
  ],
  "warnings": [],
  "result": null,
  "install": null,
  "failure": null
};

export const paused: JobView = {
  "id": 1,
  "kind": "publish",
  "reference": "ghcr.io/octo-org/monalisa:2.4.0",
  "registry": "ghcr.io",
  "title": "monalisa 2.4.0",
  "fileName": "monalisa-2.4.0.tar",
  "format": "ociArchive",
  "platforms": [
    "linux/amd64"
  ],
  "practice": false,
  "draft": {
    "file": 1,
    "image": "@0",
    "platform": "",
    "registry": "ghcr.io",
    "owner": "octo-org",
    "repository": "",
    "imageName": "monalisa",
    "versions": [
      "2.4.0",
      "latest"
    ],
    "versionText": "",
    "options": {
      "description": "",
      "licenses": "",
      "labels": "",
      "compression": "",
      "way": "",
      "dropAttestations": false
    }
  },
  "started": 1790000000,
  "ended": null,
  "interrupted": false,
  "goesOn": false,
  "progress": {
    "state": "paused",
    "total": 12400851,
    "sent": 7700000,
    "kept": 7700000,
    "reused": 36300000,
    "exact": true,
    "percent": 62,
    "speed": null,
    "secondsLeft": null,
    "retrySeconds": null,
    "waitingFor": null,
    "waitingSince": null,
    "startsOver": null,
    "layersDone": 4,
    "layersTotal": 6
  },
  "layers": [
    {
      "number": 1,
      "madeBy": "ADD rootfs.tar.xz /",
      "size": 28200000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 2,
      "madeBy": "RUN apt-get install -y ca-certificates",
      "size": 7400000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 3,
      "madeBy": "RUN useradd node",
      "size": 600000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 4,
      "madeBy": "RUN npm ci --omit=dev",
      "size": 9700000,
      "exact": true,
      "state": "uploading",
      "percent": 75
    },
    {
      "number": 5,
      "madeBy": "COPY app/ /srv/app/",
      "size": 2700000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    },
    {
      "number": 6,
      "madeBy": "COPY config.json /srv/app/",
      "size": 100000,
      "exact": true,
      "state": "there",
      "percent": 100
    }
  ],
  "log": [
    {
      "atMs": 0,
      "text": "asking what the registry has"
    }
  ],
  "warnings": [],
  "result": null,
  "install": null,
  "failure": null
};

export const done: JobView = {
  "id": 1,
  "kind": "publish",
  "reference": "ghcr.io/octo-org/monalisa:2.4.0",
  "registry": "ghcr.io",
  "title": "monalisa 2.4.0",
  "fileName": "monalisa-2.4.0.tar",
  "format": "ociArchive",
  "platforms": [
    "linux/amd64"
  ],
  "practice": false,
  "draft": {
    "file": 1,
    "image": "@0",
    "platform": "",
    "registry": "ghcr.io",
    "owner": "octo-org",
    "repository": "",
    "imageName": "monalisa",
    "versions": [
      "2.4.0",
      "latest"
    ],
    "versionText": "",
    "options": {
      "description": "",
      "licenses": "",
      "labels": "",
      "compression": "",
      "way": "",
      "dropAttestations": false
    }
  },
  "started": 1790000000,
  "ended": 1790000010,
  "interrupted": false,
  "goesOn": false,
  "progress": {
    "state": "done",
    "total": 12400851,
    "sent": 12400851,
    "kept": 12400851,
    "reused": 36300000,
    "exact": true,
    "percent": 100.0,
    "speed": null,
    "secondsLeft": null,
    "retrySeconds": null,
    "waitingFor": null,
    "waitingSince": null,
    "startsOver": null,
    "layersDone": 6,
    "layersTotal": 6
  },
  "layers": [
    {
      "number": 1,
      "madeBy": "ADD rootfs.tar.xz /",
      "size": 28200000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 2,
      "madeBy": "RUN apt-get install -y ca-certificates",
      "size": 7400000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 3,
      "madeBy": "RUN useradd node",
      "size": 600000,
      "exact": true,
      "state": "there",
      "percent": 100
    },
    {
      "number": 4,
      "madeBy": "RUN npm ci --omit=dev",
      "size": 9700000,
      "exact": true,
      "state": "committed",
      "percent": 100
    },
    {
      "number": 5,
      "madeBy": "COPY app/ /srv/app/",
      "size": 2700000,
      "exact": true,
      "state": "committed",
      "percent": 100
    },
    {
      "number": 6,
      "madeBy": "COPY config.json /srv/app/",
      "size": 100000,
      "exact": true,
      "state": "there",
      "percent": 100
    }
  ],
  "log": [
    {
      "atMs": 0,
      "text": "asking what the registry has"
    }
  ],
  "warnings": [],
  "result": {
    "digest": "sha256:44cd4481244fe5c8541b1e559e6fb348df9892cef7ec265c4d39524bbbfb784e",
    "verified": true,
    "notVerified": null,
    "repository": "ghcr.io/octo-org/monalisa",
    "versions": [
      {
        "tag": "2.4.0",
        "movedFrom": null,
        "unchanged": false,
        "movable": false,
        "movedBack": false
      },
      {
        "tag": "latest",
        "movedFrom": "sha256:ef537308b36eb4096cff0acce7b8dc15604f3db611a8ca4928300bd17eb0289b",
        "unchanged": false,
        "movable": true,
        "movedBack": false
      }
    ],
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "manifestSize": 1194,
    "platforms": [
      "linux/amd64"
    ],
    "layers": 6,
    "size": 48700851,
    "sent": 12400851,
    "reused": 36300000,
    "durationMs": 9800,
    "storedDigest": null,
    "source": null,
    "byDigest": true,
    "packagePage": true,
    "command": "slipway push /home/octocat/monalisa-2.4.0.tar ghcr.io/octo-org/monalisa:2.4.0 --tag latest"
  },
  "install": null,
  "failure": null
};

export const failed: JobView = {
  "id": 1,
  "kind": "publish",
  "reference": "ghcr.io/octo-org/monalisa:2.4.0",
  "registry": "ghcr.io",
  "title": "monalisa 2.4.0",
  "fileName": "monalisa-2.4.0.tar",
  "format": "ociArchive",
  "platforms": [
    "linux/amd64"
  ],
  "practice": false,
  "draft": {
    "file": 1,
    "image": "@0",
    "platform": "",
    "registry": "ghcr.io",
    "owner": "octo-org",
    "repository": "",
    "imageName": "monalisa",
    "versions": [
      "2.4.0",
      "latest"
    ],
    "versionText": "",
    "options": {
      "description": "",
      "licenses": "",
      "labels": "",
      "compression": "",
      "way": "",
      "dropAttestations": false
    }
  },
  "started": 1790000000,
  "ended": 1790000010,
  "interrupted": false,
  "goesOn": false,
  "progress": {
    "state": "failed",
    "total": 48700851,
    "sent": 0,
    "kept": 0,
    "reused": 0,
    "exact": true,
    "percent": 0.0,
    "speed": null,
    "secondsLeft": null,
    "retrySeconds": null,
    "waitingFor": null,
    "waitingSince": null,
    "startsOver": null,
    "layersDone": 0,
    "layersTotal": 6
  },
  "layers": [
    {
      "number": 1,
      "madeBy": "ADD rootfs.tar.xz /",
      "size": 28200000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    },
    {
      "number": 2,
      "madeBy": "RUN apt-get install -y ca-certificates",
      "size": 7400000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    },
    {
      "number": 3,
      "madeBy": "RUN useradd node",
      "size": 600000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    },
    {
      "number": 4,
      "madeBy": "RUN npm ci --omit=dev",
      "size": 9700000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    },
    {
      "number": 5,
      "madeBy": "COPY app/ /srv/app/",
      "size": 2700000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    },
    {
      "number": 6,
      "madeBy": "COPY config.json /srv/app/",
      "size": 100000,
      "exact": true,
      "state": "waiting",
      "percent": 0
    }
  ],
  "log": [
    {
      "atMs": 0,
      "text": "asking what the registry has"
    }
  ],
  "warnings": [],
  "result": null,
  "install": null,
  "failure": {
    "code": "denied.packageRole",
    "message": "the registry refused the upload",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/monalisa",
      "reference": "ghcr.io/octo-org/monalisa:2.4.0",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "page",
        "topic": "packageSettings"
      },
      {
        "kind": "message"
      },
      {
        "kind": "otherAccount"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/monalisa/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "permission_denied: write_package",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "standardInput"
      },
      "time": 1790000000
    }
  }
};

export const row: JobRow = {
  "id": 1,
  "kind": "publish",
  "reference": "ghcr.io/octo-org/monalisa:2.4.0",
  "registry": "ghcr.io",
  "title": "monalisa 2.4.0",
  "fileName": "monalisa-2.4.0.tar",
  "format": "ociArchive",
  "engine": null,
  "practice": false,
  "progress": {
    "state": "sending",
    "total": 12400851,
    "sent": 7700000,
    "kept": 7700000,
    "reused": 36300000,
    "exact": true,
    "percent": 62,
    "speed": 1300000,
    "secondsLeft": 4,
    "retrySeconds": null,
    "waitingFor": null,
    "waitingSince": null,
    "startsOver": null,
    "layersDone": 4,
    "layersTotal": 6
  },
  "interrupted": false,
  "repeatable": true,
  "started": 1790000000,
  "ended": null,
  "digest": null,
  "verified": false,
  "failure": null
};

export const over: JobRow = {
  "id": 1,
  "kind": "publish",
  "reference": "ghcr.io/octo-org/monalisa:2.4.0",
  "registry": "ghcr.io",
  "title": "monalisa 2.4.0",
  "fileName": "monalisa-2.4.0.tar",
  "format": "ociArchive",
  "engine": null,
  "practice": false,
  "progress": {
    "state": "done",
    "total": 12400851,
    "sent": 12400851,
    "kept": 12400851,
    "reused": 36300000,
    "exact": true,
    "percent": 100.0,
    "speed": null,
    "secondsLeft": null,
    "retrySeconds": null,
    "waitingFor": null,
    "waitingSince": null,
    "startsOver": null,
    "layersDone": 6,
    "layersTotal": 6
  },
  "interrupted": false,
  "repeatable": true,
  "started": 1790000000,
  "ended": 1790000010,
  "digest": "sha256:44cd4481244fe5c8541b1e559e6fb348df9892cef7ec265c4d39524bbbfb784e",
  "verified": true,
  "failure": null
};

export const recents: RecentView[] = [
  {
    "file": 1,
    "job": 1,
    "name": "monalisa-2.4.0.tar",
    "folder": false,
    "reference": "ghcr.io/octo-org/monalisa:2.4.0",
    "practice": false,
    "state": "done",
    "when": 1790000000,
    "size": 48712192
  }
];

export const workflow: string = "name: Publish ghcr.io/octo-org/monalisa\n\non:\n  workflow_dispatch:\n  # release:\n  #   types: [published]\n\npermissions:\n  contents: read\n  packages: write\n\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n\n      # Make the image file here, for example:\n      # - run: docker build --tag image . && docker save image --output monalisa-2.4.0.tar\n\n      - name: Publish\n        env:\n          GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}\n        run: |\n          printenv GITHUB_TOKEN | skopeo login ghcr.io --username \"$GITHUB_ACTOR\" --password-stdin\n          skopeo copy oci-archive:monalisa-2.4.0.tar docker://ghcr.io/octo-org/monalisa:2.4.0\n          skopeo copy oci-archive:monalisa-2.4.0.tar docker://ghcr.io/octo-org/monalisa:latest\n";

export const settings: SettingsView = {
  "language": null,
  "theme": "system",
  "colors": "usual",
  "reduceMotion": false,
  "zoom": 100,
  "notifications": "on",
  "onClose": "ask",
  "compression": null,
  "parallel": null,
  "limitRate": null,
  "way": null,
  "proxy": null
};

export const registries: RegistryView[] = [
  {
    "name": "ghcr.io",
    "shown": "ghcr.io",
    "form": "ownerName",
    "legacy": false,
    "practice": false,
    "overridden": null,
    "account": {
      "username": "octocat",
      "source": "standardInput"
    }
  },
  {
    "name": "docker.pkg.github.com",
    "shown": "docker.pkg.github.com",
    "form": "ownerRepositoryName",
    "legacy": true,
    "practice": false,
    "overridden": null,
    "account": null
  }
];

export const draft: Draft = {
  "file": null,
  "image": "",
  "platform": "",
  "registry": "ghcr.io",
  "owner": "",
  "repository": "",
  "imageName": "",
  "versions": [],
  "versionText": "",
  "options": {
    "description": "",
    "licenses": "",
    "labels": "",
    "compression": "",
    "way": "",
    "dropAttestations": false
  }
};

export const hosts: HostView[] = [
  {
    "name": "github.com",
    "kind": "github",
    "registries": [
      "ghcr.io",
      "docker.pkg.github.com"
    ],
    "builtIn": true,
    "overridden": false,
    "caFile": null,
    "proxy": null,
    "hasProxyPassword": false,
    "realm": null,
    "api": null,
    "containers": null,
    "docker": null
  }
];

export const accounts: AccountsView = {
  "accounts": [
    {
      "id": "octocat@github.com",
      "host": "github.com",
      "username": "octocat",
      "kind": "classic",
      "source": {
        "way": "paste",
        "name": ""
      },
      "storage": {
        "place": "keychain",
        "entry": "Slipway: octocat at github.com"
      },
      "isDefault": true,
      "registries": [
        "ghcr.io",
        "docker.pkg.github.com"
      ],
      "state": "accepted",
      "checkedAt": 1790000000,
      "offline": false,
      "scopes": [
        "read:org",
        "write:packages"
      ],
      "tasks": [
        {
          "task": "install",
          "scope": "read:packages",
          "allowed": "yes"
        },
        {
          "task": "publish",
          "scope": "write:packages",
          "allowed": "yes"
        },
        {
          "task": "delete",
          "scope": "delete:packages",
          "allowed": "missing"
        },
        {
          "task": "legacy",
          "scope": "repo",
          "allowed": "notGranted"
        },
        {
          "task": "organizations",
          "scope": "read:org",
          "allowed": "yes"
        }
      ],
      "surplus": [],
      "expiresAt": null,
      "expiryDue": null,
      "signOn": []
    }
  ],
  "keychain": {
    "state": "ready",
    "package": ""
  },
  "hosts": [
    {
      "name": "github.com",
      "registries": [
        "ghcr.io",
        "docker.pkg.github.com"
      ],
      "github": true,
      "browser": false
    }
  ]
};

export const failures: FailureView[] = [
  {
    "code": "denied.packageRole",
    "message": "permission_denied: write_package",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "page",
        "topic": "packageSettings"
      },
      {
        "kind": "message"
      },
      {
        "kind": "otherAccount"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "permission_denied: write_package",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "denied.scope",
    "message": "permission_denied: The token provided does not match expected scopes.",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "page",
        "topic": "newToken"
      },
      {
        "kind": "replaceToken"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "permission_denied: The token provided does not match expected scopes.",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "denied.credential",
    "message": "denied",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "replaceToken"
      },
      {
        "kind": "signInWithBrowser"
      },
      {
        "kind": "page",
        "topic": "newToken"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "denied",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "signIn.required",
    "message": "denied",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "addAccount"
      },
      {
        "kind": "signInWithBrowser"
      },
      {
        "kind": "page",
        "topic": "newToken"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 401,
      "registryCode": "DENIED",
      "message": "denied",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "unauthenticated",
    "message": "unauthenticated: User cannot be authenticated with the token provided.",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "yes",
    "help": [
      {
        "kind": "again"
      },
      {
        "kind": "verifyToken"
      },
      {
        "kind": "page",
        "topic": "status"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 401,
      "registryCode": "DENIED",
      "message": "unauthenticated: User cannot be authenticated with the token provided.",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "denied.orgCreate",
    "message": "installation not allowed to Create organization package",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "token": "app",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "otherAccount"
      },
      {
        "kind": "page",
        "topic": "ownerSettings"
      },
      {
        "kind": "message"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "installation not allowed to Create organization package",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "ownerNotFound",
    "message": "not_found: owner not found",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-orgg",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "useOwner",
        "owner": "octo-org"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 404,
      "registryCode": "DENIED",
      "message": "not_found: owner not found",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "ssoRequired",
    "message": "denied",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "page",
        "topic": "authorize"
      },
      {
        "kind": "again"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "denied",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "rateLimited",
    "message": "retry-after: 10.305464ms, allowed: 2000/minute",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "yes",
    "help": [
      {
        "kind": "again"
      },
      {
        "kind": "page",
        "topic": "status"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 429,
      "registryCode": "DENIED",
      "message": "retry-after: 10.305464ms, allowed: 2000/minute",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "blobMissing",
    "message": "blob unknown to registry",
    "params": {
      "host": "ghcr.io",
      "layer": "4",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "yes",
    "help": [
      {
        "kind": "again"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 400,
      "registryCode": "DENIED",
      "message": "blob unknown to registry",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "legacy.nameForm",
    "message": "docker image push is only supported with a tag of the format :owner/:repo_name/:image_name",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "docker.pkg.github.com",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "field",
        "field": "repository"
      },
      {
        "kind": "switchRegistry",
        "registry": "ghcr.io"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 404,
      "registryCode": "DENIED",
      "message": "docker image push is only supported with a tag of the format :owner/:repo_name/:image_name",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "legacy.unauthorized",
    "message": "Your request could not be authenticated by the GitHub Packages service.",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "docker.pkg.github.com",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "page",
        "topic": "newToken"
      },
      {
        "kind": "replaceToken"
      },
      {
        "kind": "switchRegistry",
        "registry": "ghcr.io"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 401,
      "registryCode": "DENIED",
      "message": "Your request could not be authenticated by the GitHub Packages service.",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "legacy.billing",
    "message": "denied: Encountered a billing-related error. Please verify the billing status for this account.",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "docker.pkg.github.com",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "page",
        "topic": "billingSettings"
      },
      {
        "kind": "message"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "denied: Encountered a billing-related error. Please verify the billing status for this account.",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "legacy.plan",
    "message": "denied",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "docker.pkg.github.com",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "page",
        "topic": "planSettings"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 403,
      "registryCode": "DENIED",
      "message": "denied",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "legacy.nameTaken",
    "message": "Docker image with name \"hello\" is already associated with another repository under owner \"octo-org\"",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "docker.pkg.github.com",
      "username": "octocat"
    },
    "retry": "yes",
    "help": [
      {
        "kind": "again"
      },
      {
        "kind": "field",
        "field": "imageName"
      },
      {
        "kind": "switchRegistry",
        "registry": "ghcr.io"
      }
    ],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 400,
      "registryCode": "DENIED",
      "message": "Docker image with name \"hello\" is already associated with another repository under owner \"octo-org\"",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "network.unreachable",
    "message": "",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "yes",
    "help": [
      {
        "kind": "again"
      }
    ],
    "technical": null
  },
  {
    "code": "realm.elsewhere",
    "message": "",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "realm": "auth.example.org",
      "registry": "nvcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "hosts"
      }
    ],
    "technical": null
  },
  {
    "code": "file.unpacks",
    "message": "",
    "params": {
      "host": "ghcr.io",
      "limit": "268435456",
      "member": "layer.tar",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "size": "781",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [
      {
        "kind": "unpack"
      }
    ],
    "technical": null
  },
  {
    "code": "network.proxy",
    "message": "Proxy Authentication Required",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "proxy": "proxy.example.com:8080",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "afterChange",
    "help": [],
    "technical": {
      "request": "POST /v2/octo-org/hello/blobs/uploads/",
      "host": null,
      "status": 407,
      "registryCode": "DENIED",
      "message": "Proxy Authentication Required",
      "requestId": "C559:34E8D2:158A23A:18442CA",
      "credential": {
        "username": "octocat",
        "source": "thisRun"
      },
      "time": 1790000000
    }
  },
  {
    "code": "cancelled",
    "message": "",
    "params": {
      "host": "ghcr.io",
      "owner": "octo-org",
      "package": "octo-org/hello",
      "registry": "ghcr.io",
      "username": "octocat"
    },
    "retry": "yes",
    "help": [
      {
        "kind": "again"
      }
    ],
    "technical": null
  }
];
