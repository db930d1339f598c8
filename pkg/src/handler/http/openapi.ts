// Written by `npm run contract` from src/contract/. Change it there.

/** The OpenAPI document of what the handler serves. */
export const OPENAPI: object = {
  "openapi": "3.1.0",
  "info": {
    "title": "AgentPhone usage",
    "version": "0.1.0",
    "description": "The usage endpoints of the AgentPhone API, as usage-by-agent serves and checks them.",
    "license": {
      "name": "MIT OR Apache-2.0",
      "identifier": "MIT OR Apache-2.0"
    }
  },
  "security": [
    {
      "bearer": []
    }
  ],
  "paths": {
    "/v1/usage/by-agent": {
      "get": {
        "operationId": "by-agent",
        "summary": "Usage by agent in the current calendar week, month or year",
        "tags": [
          "usage"
        ],
        "parameters": [
          {
            "name": "period",
            "in": "query",
            "required": true,
            "description": "The kind of period.",
            "schema": {
              "type": "string",
              "enum": [
                "week",
                "month",
                "year"
              ]
            }
          },
          {
            "name": "tz",
            "in": "query",
            "required": false,
            "description": "The name of an IANA time zone, such as America/New_York, in any case. If it is absent, the zone that the server is set to, else UTC.",
            "schema": {
              "type": "string",
              "examples": [
                "America/New_York"
              ]
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The answer.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/AgentUsageResponse"
                },
                "example": {
                  "data": [
                    {
                      "agentId": "a1b2c3d4",
                      "agentName": "Support",
                      "messages": 152,
                      "calls": 47,
                      "totalSeconds": 7320,
                      "isOrphan": false
                    },
                    {
                      "agentId": null,
                      "agentName": "Unassigned",
                      "messages": 25,
                      "calls": 5,
                      "totalSeconds": 600,
                      "isOrphan": true
                    }
                  ],
                  "period": "month",
                  "periodStart": "2024-06-01T04:00:00Z",
                  "periodEnd": "2024-07-01T03:59:59Z"
                }
              }
            }
          },
          "304": {
            "description": "The answer has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Refused"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "402": {
            "$ref": "#/components/responses/Refused"
          },
          "403": {
            "$ref": "#/components/responses/Refused"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "406": {
            "$ref": "#/components/responses/NotAcceptable"
          },
          "422": {
            "$ref": "#/components/responses/BadParameters"
          },
          "429": {
            "$ref": "#/components/responses/TooManyRequests"
          },
          "500": {
            "$ref": "#/components/responses/Failed"
          },
          "502": {
            "$ref": "#/components/responses/BadUpstream"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          }
        }
      }
    },
    "/v1/usage": {
      "get": {
        "operationId": "usage",
        "summary": "The account's plan, phone numbers and counts",
        "tags": [
          "usage"
        ],
        "parameters": [],
        "responses": {
          "200": {
            "description": "The answer.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/UsageResponse"
                },
                "example": {
                  "plan": {
                    "name": "Pro",
                    "limits": {
                      "numbers": 5,
                      "messagesPerMonth": 10000,
                      "voiceMinutesPerMonth": 1000,
                      "maxCallDurationMinutes": 60,
                      "concurrentCalls": 5
                    }
                  },
                  "numbers": {
                    "used": 2,
                    "limit": 5,
                    "remaining": 3
                  },
                  "stats": {
                    "totalMessages": 1204,
                    "messagesLast24h": 9,
                    "messagesLast7d": 64,
                    "messagesLast30d": 177,
                    "totalCalls": 310,
                    "callsLast24h": 2,
                    "callsLast7d": 14,
                    "callsLast30d": 52,
                    "totalWebhookDeliveries": 1520,
                    "successfulWebhookDeliveries": 1514,
                    "failedWebhookDeliveries": 6,
                    "smsSegmentsLast30d": 190
                  },
                  "periodStart": "2024-06-01T04:00:00Z",
                  "periodEnd": "2024-07-01T03:59:59Z",
                  "reportGeneratedAt": "2024-06-15T12:00:00Z"
                }
              }
            }
          },
          "304": {
            "description": "The answer has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Refused"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "402": {
            "$ref": "#/components/responses/Refused"
          },
          "403": {
            "$ref": "#/components/responses/Refused"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "406": {
            "$ref": "#/components/responses/NotAcceptable"
          },
          "422": {
            "$ref": "#/components/responses/BadParameters"
          },
          "429": {
            "$ref": "#/components/responses/TooManyRequests"
          },
          "500": {
            "$ref": "#/components/responses/Failed"
          },
          "502": {
            "$ref": "#/components/responses/BadUpstream"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          }
        }
      }
    },
    "/v1/usage/daily": {
      "get": {
        "operationId": "daily",
        "summary": "Usage by day, of the last days",
        "tags": [
          "usage"
        ],
        "parameters": [
          {
            "name": "days",
            "in": "query",
            "required": false,
            "description": "How many days, the current one included.",
            "schema": {
              "type": "integer",
              "minimum": 1,
              "maximum": 365,
              "default": 30
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The answer.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/DailyUsageResponse"
                },
                "example": {
                  "data": [
                    {
                      "date": "2024-06-14",
                      "messages": 12,
                      "calls": 3,
                      "webhooks": 15
                    },
                    {
                      "date": "2024-06-15",
                      "messages": 9,
                      "calls": 2,
                      "webhooks": 11
                    }
                  ],
                  "days": 2
                }
              }
            }
          },
          "304": {
            "description": "The answer has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Refused"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "402": {
            "$ref": "#/components/responses/Refused"
          },
          "403": {
            "$ref": "#/components/responses/Refused"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "406": {
            "$ref": "#/components/responses/NotAcceptable"
          },
          "422": {
            "$ref": "#/components/responses/BadParameters"
          },
          "429": {
            "$ref": "#/components/responses/TooManyRequests"
          },
          "500": {
            "$ref": "#/components/responses/Failed"
          },
          "502": {
            "$ref": "#/components/responses/BadUpstream"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          }
        }
      }
    },
    "/v1/usage/monthly": {
      "get": {
        "operationId": "monthly",
        "summary": "Usage by calendar month, of the last months",
        "tags": [
          "usage"
        ],
        "parameters": [
          {
            "name": "months",
            "in": "query",
            "required": false,
            "description": "How many months, the current one included.",
            "schema": {
              "type": "integer",
              "minimum": 1,
              "maximum": 24,
              "default": 6
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The answer.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/MonthlyUsageResponse"
                },
                "example": {
                  "data": [
                    {
                      "month": "2024-05",
                      "messages": 240,
                      "calls": 61,
                      "webhooks": 290
                    },
                    {
                      "month": "2024-06",
                      "messages": 177,
                      "calls": 52,
                      "webhooks": 233
                    }
                  ],
                  "months": 2
                }
              }
            }
          },
          "304": {
            "description": "The answer has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Refused"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "402": {
            "$ref": "#/components/responses/Refused"
          },
          "403": {
            "$ref": "#/components/responses/Refused"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "406": {
            "$ref": "#/components/responses/NotAcceptable"
          },
          "422": {
            "$ref": "#/components/responses/BadParameters"
          },
          "429": {
            "$ref": "#/components/responses/TooManyRequests"
          },
          "500": {
            "$ref": "#/components/responses/Failed"
          },
          "502": {
            "$ref": "#/components/responses/BadUpstream"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          }
        }
      }
    },
    "/v1/usage/by-number": {
      "get": {
        "operationId": "by-number",
        "summary": "Usage by phone number",
        "tags": [
          "usage"
        ],
        "parameters": [],
        "responses": {
          "200": {
            "description": "The answer.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/NumberUsageResponse"
                },
                "example": {
                  "data": [
                    {
                      "numberId": "n1",
                      "phoneNumber": "+15551234567",
                      "country": "US",
                      "status": "active",
                      "agentId": "a1b2c3d4",
                      "agentName": "Support",
                      "messages": 152,
                      "calls": 47
                    }
                  ]
                }
              }
            }
          },
          "304": {
            "description": "The answer has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Refused"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "402": {
            "$ref": "#/components/responses/Refused"
          },
          "403": {
            "$ref": "#/components/responses/Refused"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "406": {
            "$ref": "#/components/responses/NotAcceptable"
          },
          "422": {
            "$ref": "#/components/responses/BadParameters"
          },
          "429": {
            "$ref": "#/components/responses/TooManyRequests"
          },
          "500": {
            "$ref": "#/components/responses/Failed"
          },
          "502": {
            "$ref": "#/components/responses/BadUpstream"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          }
        }
      }
    }
  },
  "components": {
    "securitySchemes": {
      "bearer": {
        "type": "http",
        "scheme": "bearer"
      }
    },
    "headers": {
      "ETag": {
        "description": "The answer's tag, for `If-None-Match`.",
        "required": true,
        "schema": {
          "type": "string"
        }
      },
      "Cache-Control": {
        "description": "`private`: the caller's own cache may keep a report, and asks for it again each time.",
        "required": true,
        "schema": {
          "type": "string"
        }
      },
      "WWW-Authenticate": {
        "description": "How to authenticate: `Bearer`.",
        "required": true,
        "schema": {
          "type": "string"
        }
      },
      "Retry-After": {
        "description": "When to come again: seconds, or a date. The upstream's.",
        "required": false,
        "schema": {
          "type": "string"
        }
      },
      "X-Request-Id": {
        "description": "The upstream's name for the request.",
        "required": false,
        "schema": {
          "type": "string"
        }
      }
    },
    "responses": {
      "Refused": {
        "description": "The upstream's refusal, as it said it. Only where there is an upstream.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The upstream does not allow this.",
                "code": "forbidden",
                "type": "permission_error",
                "details": []
              }
            }
          }
        }
      },
      "Unauthorized": {
        "description": "The token is missing, or not accepted.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "WWW-Authenticate": {
            "$ref": "#/components/headers/WWW-Authenticate"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "Send the header Authorization: Bearer <token>.",
                "code": "missing_token",
                "type": "authentication_error",
                "details": []
              }
            }
          }
        }
      },
      "NotFound": {
        "description": "There is nothing to be told: no such path, or an account of which nothing is known.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The account's plan and numbers are not known here.",
                "code": "account_unknown",
                "type": "invalid_request_error",
                "details": []
              }
            }
          }
        }
      },
      "NotAcceptable": {
        "description": "The caller does not take JSON.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "Answers are application/json, which the header Accept excludes.",
                "code": "not_acceptable",
                "type": "invalid_request_error",
                "details": []
              }
            }
          }
        }
      },
      "TooManyRequests": {
        "description": "Too many requests; `Retry-After` says when to come again.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The upstream has received too many requests.",
                "code": "rate_limited",
                "type": "rate_limit_error",
                "details": []
              }
            }
          }
        }
      },
      "Failed": {
        "description": "The records can't be reported.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The records could not be read.",
                "code": "records_unavailable",
                "type": "api_error",
                "details": []
              }
            }
          }
        }
      },
      "BadUpstream": {
        "description": "The upstream could not be asked, or gave no sound answer; `details` says what is wrong with it.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The upstream could not be reached.",
                "code": "upstream_unreachable",
                "type": "api_error",
                "details": []
              }
            }
          }
        }
      },
      "SlowUpstream": {
        "description": "The upstream took too long.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The upstream gave no answer within 10000 ms.",
                "code": "upstream_timeout",
                "type": "api_error",
                "details": []
              }
            }
          }
        }
      },
      "BadParameters": {
        "description": "The parameters are not as they should be.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ParameterErrorResponse"
            },
            "example": {
              "detail": [
                {
                  "type": "literal_error",
                  "loc": [
                    "query",
                    "period"
                  ],
                  "msg": "Input should be 'week', 'month' or 'year'",
                  "input": "decade",
                  "ctx": {
                    "expected": "'week', 'month' or 'year'"
                  }
                }
              ]
            }
          }
        }
      }
    },
    "schemas": {
      "AgentUsageItem": {
        "type": "object",
        "description": "The usage of one agent in a period. `isOrphan` is true exactly where `agentId` is null. At most one row has a null `agentId`. No two rows have the same id. Call seconds come with calls.",
        "required": [
          "agentId",
          "agentName",
          "messages",
          "calls",
          "totalSeconds"
        ],
        "properties": {
          "agentId": {
            "type": [
              "string",
              "null"
            ],
            "description": "`null` for usage with no agent."
          },
          "agentName": {
            "type": "string",
            "description": "What the agent is called; `Unassigned` for usage with no agent."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages, both directions."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Completed calls only."
          },
          "totalSeconds": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Whole seconds of those calls."
          },
          "isOrphan": {
            "type": "boolean",
            "description": "`true` for the one row of usage with no agent.",
            "default": false
          }
        }
      },
      "AgentUsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage/by-agent`. `periodStart` to `periodEnd` is one calendar `period`.",
        "required": [
          "data",
          "period",
          "periodStart",
          "periodEnd"
        ],
        "properties": {
          "data": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/AgentUsageItem"
            },
            "description": "One row an agent."
          },
          "period": {
            "type": "string",
            "enum": [
              "week",
              "month",
              "year"
            ],
            "description": "The kind of period."
          },
          "periodStart": {
            "type": "string",
            "format": "date-time",
            "description": "Its first second, `YYYY-MM-DDTHH:MM:SSZ`."
          },
          "periodEnd": {
            "type": "string",
            "format": "date-time",
            "description": "Its last whole second, `YYYY-MM-DDTHH:MM:SSZ`."
          }
        }
      },
      "PlanLimits": {
        "type": "object",
        "description": "What a plan allows.",
        "required": [
          "numbers",
          "messagesPerMonth",
          "voiceMinutesPerMonth",
          "maxCallDurationMinutes",
          "concurrentCalls"
        ],
        "properties": {
          "numbers": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Phone numbers."
          },
          "messagesPerMonth": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages in a month."
          },
          "voiceMinutesPerMonth": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Minutes of calls in a month."
          },
          "maxCallDurationMinutes": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Minutes of one call."
          },
          "concurrentCalls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls at the same time."
          }
        }
      },
      "PlanInfo": {
        "type": "object",
        "description": "The account's plan.",
        "required": [
          "name"
        ],
        "properties": {
          "name": {
            "type": "string",
            "description": "What it is called."
          },
          "limits": {
            "$ref": "#/components/schemas/PlanLimits",
            "description": "What it allows. Older answers lack it."
          }
        }
      },
      "NumberLimits": {
        "type": "object",
        "description": "How many phone numbers the account has, and may have. What remains is the limit less what is used.",
        "required": [
          "used",
          "limit",
          "remaining"
        ],
        "properties": {
          "used": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Those it has."
          },
          "limit": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Those it may have."
          },
          "remaining": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Those it may still add."
          }
        }
      },
      "UsageStats": {
        "type": "object",
        "description": "The account's counts. A longer span counts no less than a shorter one that lies in it. Deliveries that succeeded or failed are no more than all deliveries.",
        "required": [
          "totalMessages",
          "messagesLast24h",
          "messagesLast7d",
          "messagesLast30d",
          "totalCalls",
          "callsLast24h",
          "callsLast7d",
          "callsLast30d",
          "totalWebhookDeliveries",
          "successfulWebhookDeliveries",
          "failedWebhookDeliveries"
        ],
        "properties": {
          "totalMessages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages of all time, both directions."
          },
          "messagesLast24h": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages of the last 24 hours."
          },
          "messagesLast7d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages of the last 7 days."
          },
          "messagesLast30d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages of the last 30 days."
          },
          "totalCalls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls of all time."
          },
          "callsLast24h": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls of the last 24 hours."
          },
          "callsLast7d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls of the last 7 days."
          },
          "callsLast30d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls of the last 30 days."
          },
          "totalWebhookDeliveries": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Webhook deliveries of all time."
          },
          "successfulWebhookDeliveries": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Those of them that succeeded."
          },
          "failedWebhookDeliveries": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Those of them that failed."
          },
          "smsSegmentsLast30d": {
            "type": [
              "integer",
              "null"
            ],
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "SMS segments of the last 30 days. Only newer answers have it."
          }
        }
      },
      "UsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage`. `periodEnd` does not come before `periodStart`.",
        "required": [
          "plan",
          "numbers",
          "stats"
        ],
        "properties": {
          "plan": {
            "$ref": "#/components/schemas/PlanInfo",
            "description": "The account's plan."
          },
          "numbers": {
            "$ref": "#/components/schemas/NumberLimits",
            "description": "How many phone numbers it has."
          },
          "stats": {
            "$ref": "#/components/schemas/UsageStats",
            "description": "Its counts."
          },
          "periodStart": {
            "type": "string",
            "format": "date-time",
            "description": "The first second of the current period, RFC 3339. Older answers lack it."
          },
          "periodEnd": {
            "type": "string",
            "format": "date-time",
            "description": "The last second of the current period, RFC 3339. Older answers lack it."
          },
          "reportGeneratedAt": {
            "type": [
              "string",
              "null"
            ],
            "description": "When the answer was made. Only newer answers have it."
          }
        }
      },
      "DailyUsageItem": {
        "type": "object",
        "description": "The usage of one day.",
        "required": [
          "date",
          "messages",
          "calls",
          "webhooks"
        ],
        "properties": {
          "date": {
            "type": "string",
            "format": "date",
            "description": "`YYYY-MM-DD`."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages, both directions."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls."
          },
          "webhooks": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Webhook deliveries. Records don't tell them: 0 where nobody does."
          }
        }
      },
      "DailyUsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage/daily`: every day has its row. There is one row for each, in order, none twice and none missing.",
        "required": [
          "data",
          "days"
        ],
        "properties": {
          "data": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/DailyUsageItem"
            },
            "description": "One row a day, the newest last."
          },
          "days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 365,
            "description": "How many."
          }
        }
      },
      "MonthlyUsageItem": {
        "type": "object",
        "description": "The usage of one calendar month.",
        "required": [
          "month",
          "messages",
          "calls",
          "webhooks"
        ],
        "properties": {
          "month": {
            "type": "string",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$",
            "description": "`YYYY-MM`."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages, both directions."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls."
          },
          "webhooks": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Webhook deliveries. Records don't tell them: 0 where nobody does."
          }
        }
      },
      "MonthlyUsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage/monthly`: every month has its row. There is one row for each, in order, none twice and none missing.",
        "required": [
          "data",
          "months"
        ],
        "properties": {
          "data": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/MonthlyUsageItem"
            },
            "description": "One row a month, the newest last."
          },
          "months": {
            "type": "integer",
            "minimum": 1,
            "maximum": 24,
            "description": "How many."
          }
        }
      },
      "NumberUsageItem": {
        "type": "object",
        "description": "The usage of one phone number. What is not known of it is `\"\"`. No two rows have the same id.",
        "required": [
          "numberId",
          "phoneNumber",
          "country",
          "status",
          "messages",
          "calls"
        ],
        "properties": {
          "numberId": {
            "type": "string",
            "description": "Its id; `\"\"` for usage by no number."
          },
          "phoneNumber": {
            "type": "string",
            "description": "The number itself."
          },
          "country": {
            "type": "string",
            "description": "Its country. Records don't tell it."
          },
          "status": {
            "type": "string",
            "description": "Its status. Records don't tell it."
          },
          "agentId": {
            "type": [
              "string",
              "null"
            ],
            "description": "Whose it is; from records, whose usage all of it is."
          },
          "agentName": {
            "type": [
              "string",
              "null"
            ],
            "description": "What that agent is called."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Messages, both directions."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "Calls."
          }
        }
      },
      "NumberUsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage/by-number`.",
        "required": [
          "data"
        ],
        "properties": {
          "data": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/NumberUsageItem"
            },
            "description": "One row a number."
          }
        }
      },
      "ParameterError": {
        "type": "object",
        "description": "What is wrong with one parameter, as FastAPI words it.",
        "required": [
          "type",
          "loc",
          "msg"
        ],
        "properties": {
          "type": {
            "type": "string",
            "description": "What kind of fault it is, a word to branch on."
          },
          "loc": {
            "type": "array",
            "items": {
              "type": [
                "string",
                "integer"
              ]
            },
            "description": "Where it is: `[\"query\", \"period\"]`."
          },
          "msg": {
            "type": "string",
            "description": "What is wanted."
          },
          "input": {
            "description": "What was got."
          },
          "ctx": {
            "description": "The limits that it broke."
          }
        }
      },
      "ParameterErrorResponse": {
        "type": "object",
        "description": "The body of a 422.",
        "required": [
          "detail"
        ],
        "properties": {
          "detail": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/ParameterError"
            },
            "description": "Everything that is wrong."
          }
        }
      },
      "ErrorDetail": {
        "type": "object",
        "description": "A detail of an error.",
        "required": [
          "field",
          "message",
          "type"
        ],
        "properties": {
          "field": {
            "type": "string",
            "description": "A JSON Pointer to what is wrong, or the name of a parameter."
          },
          "message": {
            "type": "string",
            "description": "What is wrong with it."
          },
          "type": {
            "type": "string",
            "description": "What kind of fault it is, a word to branch on."
          }
        }
      },
      "ErrorInfo": {
        "type": "object",
        "description": "What an error says.",
        "required": [
          "message",
          "code",
          "type",
          "details"
        ],
        "properties": {
          "message": {
            "type": "string",
            "description": "What went wrong, for people."
          },
          "code": {
            "type": "string",
            "description": "A word to branch on."
          },
          "type": {
            "type": "string",
            "description": "Which group of errors it belongs to."
          },
          "details": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/ErrorDetail"
            },
            "description": "Further places; may be empty."
          }
        }
      },
      "ErrorResponse": {
        "type": "object",
        "description": "The body of every error but a 422.",
        "required": [
          "error"
        ],
        "properties": {
          "error": {
            "$ref": "#/components/schemas/ErrorInfo",
            "description": "What went wrong."
          }
        }
      }
    }
  }
};
