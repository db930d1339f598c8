// Written by `npm run contract` from src/contract/. Change it there.

/** The OpenAPI document of the endpoints that the handler serves. */
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
            "description": "The name of an IANA time zone, such as America/New_York, in upper or lower case. The default is the zone that the server is configured with, or else UTC.",
            "schema": {
              "type": "string",
              "examples": [
                "America/New_York"
              ]
            }
          },
          {
            "name": "offset",
            "in": "query",
            "required": false,
            "description": "The number of whole periods by which the current period is moved: -1 is the previous period. This parameter is usage-by-agent's own. The vendor's API does not have it, and a server in front of that API ignores it.",
            "schema": {
              "type": "integer",
              "minimum": -1200,
              "maximum": 0,
              "default": 0
            },
            "x-source": "computed"
          },
          {
            "name": "X-Sub-Account-Id",
            "in": "header",
            "required": false,
            "description": "The sub-account whose usage is wanted. A server in front of another server passes it on. A server that computes from records ignores it.",
            "schema": {
              "type": "string",
              "minLength": 1,
              "maxLength": 128,
              "pattern": "^[!-~]+$"
            },
            "x-source": "upstream"
          }
        ],
        "responses": {
          "200": {
            "description": "The usage.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
            "description": "The response has not changed: it has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
          "503": {
            "$ref": "#/components/responses/Busy"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          },
          "508": {
            "$ref": "#/components/responses/Loop"
          }
        }
      }
    },
    "/v1/usage": {
      "get": {
        "operationId": "usage",
        "summary": "The account's phone numbers, counts and plan",
        "tags": [
          "usage"
        ],
        "parameters": [
          {
            "name": "X-Sub-Account-Id",
            "in": "header",
            "required": false,
            "description": "The sub-account whose usage is wanted. A server in front of another server passes it on. A server that computes from records ignores it.",
            "schema": {
              "type": "string",
              "minLength": 1,
              "maxLength": 128,
              "pattern": "^[!-~]+$"
            },
            "x-source": "upstream"
          }
        ],
        "responses": {
          "200": {
            "description": "The usage.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
            "description": "The response has not changed: it has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
          "503": {
            "$ref": "#/components/responses/Busy"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          },
          "508": {
            "$ref": "#/components/responses/Loop"
          }
        }
      }
    },
    "/v1/usage/daily": {
      "get": {
        "operationId": "daily",
        "summary": "Usage by day, for the last days",
        "tags": [
          "usage"
        ],
        "parameters": [
          {
            "name": "days",
            "in": "query",
            "required": false,
            "description": "The number of days, including the current day.",
            "schema": {
              "type": "integer",
              "minimum": 1,
              "maximum": 365,
              "default": 30
            }
          },
          {
            "name": "X-Sub-Account-Id",
            "in": "header",
            "required": false,
            "description": "The sub-account whose usage is wanted. A server in front of another server passes it on. A server that computes from records ignores it.",
            "schema": {
              "type": "string",
              "minLength": 1,
              "maxLength": 128,
              "pattern": "^[!-~]+$"
            },
            "x-source": "upstream"
          }
        ],
        "responses": {
          "200": {
            "description": "The usage.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
            "description": "The response has not changed: it has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
          "503": {
            "$ref": "#/components/responses/Busy"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          },
          "508": {
            "$ref": "#/components/responses/Loop"
          }
        }
      }
    },
    "/v1/usage/monthly": {
      "get": {
        "operationId": "monthly",
        "summary": "Usage by calendar month, for the last months",
        "tags": [
          "usage"
        ],
        "parameters": [
          {
            "name": "months",
            "in": "query",
            "required": false,
            "description": "The number of months, including the current month.",
            "schema": {
              "type": "integer",
              "minimum": 1,
              "maximum": 24,
              "default": 6
            }
          },
          {
            "name": "X-Sub-Account-Id",
            "in": "header",
            "required": false,
            "description": "The sub-account whose usage is wanted. A server in front of another server passes it on. A server that computes from records ignores it.",
            "schema": {
              "type": "string",
              "minLength": 1,
              "maxLength": 128,
              "pattern": "^[!-~]+$"
            },
            "x-source": "upstream"
          }
        ],
        "responses": {
          "200": {
            "description": "The usage.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
            "description": "The response has not changed: it has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
          "503": {
            "$ref": "#/components/responses/Busy"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          },
          "508": {
            "$ref": "#/components/responses/Loop"
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
        "parameters": [
          {
            "name": "X-Sub-Account-Id",
            "in": "header",
            "required": false,
            "description": "The sub-account whose usage is wanted. A server in front of another server passes it on. A server that computes from records ignores it.",
            "schema": {
              "type": "string",
              "minLength": 1,
              "maxLength": 128,
              "pattern": "^[!-~]+$"
            },
            "x-source": "upstream"
          }
        ],
        "responses": {
          "200": {
            "description": "The usage.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
            "description": "The response has not changed: it has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Request-Id": {
                "$ref": "#/components/headers/X-Request-Id"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
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
          "503": {
            "$ref": "#/components/responses/Busy"
          },
          "504": {
            "$ref": "#/components/responses/SlowUpstream"
          },
          "508": {
            "$ref": "#/components/responses/Loop"
          }
        }
      }
    },
    "/v1/usage/breakdown": {
      "get": {
        "operationId": "breakdown",
        "summary": "Usage of any window by any dimensions, and over time",
        "description": "This endpoint is usage-by-agent's own. The vendor's API does not have it.",
        "tags": [
          "usage"
        ],
        "x-source": "computed",
        "parameters": [
          {
            "name": "by",
            "in": "query",
            "required": false,
            "description": "The dimensions of the rows, separated by commas. Without them there is one row.",
            "schema": {
              "type": "array",
              "items": {
                "type": "string",
                "enum": [
                  "agent",
                  "number",
                  "channel",
                  "direction",
                  "weekday",
                  "hour"
                ]
              },
              "minItems": 1,
              "uniqueItems": true
            },
            "style": "form",
            "explode": false
          },
          {
            "name": "step",
            "in": "query",
            "required": false,
            "description": "The length of the steps. Without it there are no steps and no series.",
            "schema": {
              "type": "string",
              "enum": [
                "hour",
                "day",
                "week",
                "month"
              ]
            }
          },
          {
            "name": "from",
            "in": "query",
            "required": false,
            "description": "The beginning of the window: a local date, or an instant (RFC 3339) on a quarter hour of UTC. It comes with `to`, and in place of `period` and `offset`. Without any of them the window is all that has been counted.",
            "schema": {
              "type": "string",
              "examples": [
                "2024-06-01",
                "2024-06-01T04:00:00Z"
              ]
            }
          },
          {
            "name": "to",
            "in": "query",
            "required": false,
            "description": "The end of the window, which is not inside it: a local date if `from` is one, or else an instant.",
            "schema": {
              "type": "string",
              "examples": [
                "2024-06-01",
                "2024-06-01T04:00:00Z"
              ]
            }
          },
          {
            "name": "period",
            "in": "query",
            "required": false,
            "description": "The window is the current period of this kind, moved by `offset`.",
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
            "name": "offset",
            "in": "query",
            "required": false,
            "description": "The number of whole periods by which the current period is moved: -1 is the previous period.",
            "schema": {
              "type": "integer",
              "minimum": -1200,
              "maximum": 0
            }
          },
          {
            "name": "tz",
            "in": "query",
            "required": false,
            "description": "The name of an IANA time zone, such as America/New_York, in upper or lower case. The default is the zone that the server is configured with, or else UTC.",
            "schema": {
              "type": "string",
              "examples": [
                "America/New_York"
              ]
            }
          },
          {
            "name": "week_start",
            "in": "query",
            "required": false,
            "description": "The first day of a week. The default is the day that the server is configured with, or else monday.",
            "schema": {
              "type": "string",
              "enum": [
                "monday",
                "tuesday",
                "wednesday",
                "thursday",
                "friday",
                "saturday",
                "sunday"
              ]
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The usage.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Breakdown"
                },
                "example": {
                  "from": "2024-06-01T00:00:00Z",
                  "to": "2024-06-03T00:00:00Z",
                  "startMs": 1717200000000,
                  "endMs": 1717372800000,
                  "tz": "UTC",
                  "steps": [
                    {
                      "start": "2024-06-01",
                      "startMs": 1717200000000,
                      "endMs": 1717286400000
                    },
                    {
                      "start": "2024-06-02",
                      "startMs": 1717286400000,
                      "endMs": 1717372800000
                    }
                  ],
                  "rows": [
                    {
                      "channel": "sms",
                      "messages": 9,
                      "calls": 0,
                      "totalSeconds": 0,
                      "series": {
                        "messages": [
                          4,
                          5
                        ],
                        "calls": [
                          0,
                          0
                        ],
                        "totalSeconds": [
                          0,
                          0
                        ]
                      }
                    }
                  ],
                  "totals": {
                    "messages": 9,
                    "calls": 0,
                    "totalSeconds": 0
                  }
                }
              }
            }
          },
          "304": {
            "description": "The response has not changed: it has the tag of `If-None-Match`.",
            "headers": {
              "Cache-Control": {
                "$ref": "#/components/headers/Cache-Control"
              },
              "ETag": {
                "$ref": "#/components/headers/ETag"
              },
              "X-Ignored-Parameters": {
                "$ref": "#/components/headers/X-Ignored-Parameters"
              }
            }
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
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
          "500": {
            "$ref": "#/components/responses/Failed"
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
        "description": "The response's tag, for `If-None-Match`.",
        "required": true,
        "schema": {
          "type": "string"
        }
      },
      "Cache-Control": {
        "description": "The caller's own cache may keep the response, but must revalidate it each time.",
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
        "description": "When to try again, in seconds or as a date. The value is the upstream's.",
        "required": false,
        "schema": {
          "type": "string"
        }
      },
      "X-Request-Id": {
        "description": "The upstream's id of the request.",
        "required": false,
        "schema": {
          "type": "string"
        }
      },
      "X-Ignored-Parameters": {
        "description": "The names of the query's parameters that the endpoint does not have, percent-encoded and joined by commas.",
        "required": false,
        "schema": {
          "type": "string"
        }
      }
    },
    "responses": {
      "Refused": {
        "description": "The upstream refused the request, and the error is the upstream's; or the header `X-Sub-Account-Id` can't be passed on, and the code is `invalid_header`. Only a server with an upstream responds like this.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
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
        "description": "The token is missing or not accepted.",
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
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
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
        "description": "The path does not exist, or the server does not know how many phone numbers the account has.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The account's numbers are not known here.",
                "code": "account_unknown",
                "type": "invalid_request_error",
                "details": []
              }
            }
          }
        }
      },
      "NotAcceptable": {
        "description": "The caller does not accept JSON.",
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
        "description": "There were too many requests. `Retry-After` says when to try again.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
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
        "description": "The server could not compute the usage from the records.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
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
        "description": "The upstream could not be reached, or its response is not valid. `details` lists the problems of the response.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
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
      "Busy": {
        "description": "Too many requests are being answered, the records changed while they were read, or there is not enough memory now. `Retry-After` says when to try again, if that is known.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "Too many requests are being answered. Try again later.",
                "code": "busy",
                "type": "api_error",
                "details": []
              }
            }
          }
        }
      },
      "Loop": {
        "description": "The request came back to a server that had passed it on. Only a server with an upstream responds like this.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
          }
        },
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/ErrorResponse"
            },
            "example": {
              "error": {
                "message": "The request was passed on more than 3 times: an upstream leads back to this server.",
                "code": "loop_detected",
                "type": "api_error",
                "details": []
              }
            }
          }
        }
      },
      "SlowUpstream": {
        "description": "The upstream did not respond in time, or the records could not be read in time.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
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
        "description": "The parameters are not valid.",
        "headers": {
          "Cache-Control": {
            "$ref": "#/components/headers/Cache-Control"
          },
          "Retry-After": {
            "$ref": "#/components/headers/Retry-After"
          },
          "X-Request-Id": {
            "$ref": "#/components/headers/X-Request-Id"
          },
          "X-Ignored-Parameters": {
            "$ref": "#/components/headers/X-Ignored-Parameters"
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
        "description": "The usage of one agent in a period. `isOrphan` is true exactly where `agentId` is null. At most one row has a null `agentId`. No two rows have equal ids. A row with call seconds has calls.",
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
            "description": "The agent's id. `null` for usage without an agent."
          },
          "agentName": {
            "type": "string",
            "description": "The agent's name. `Unassigned` for usage without an agent."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages, inbound and outbound."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of completed calls."
          },
          "totalSeconds": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The duration of the completed calls, in whole seconds."
          },
          "isOrphan": {
            "type": "boolean",
            "description": "`true` for usage without an agent. At most one row has it.",
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
            "description": "One row for each agent."
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
            "description": "The first second of the period, `YYYY-MM-DDTHH:MM:SSZ`."
          },
          "periodEnd": {
            "type": "string",
            "format": "date-time",
            "description": "The last whole second of the period, `YYYY-MM-DDTHH:MM:SSZ`. It is inside the period."
          }
        }
      },
      "PlanLimits": {
        "type": "object",
        "description": "The limits of a plan.",
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
            "description": "The number of phone numbers."
          },
          "messagesPerMonth": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages in a month."
          },
          "voiceMinutesPerMonth": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The minutes of calls in a month."
          },
          "maxCallDurationMinutes": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The minutes that one call may last."
          },
          "concurrentCalls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls at the same time."
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
            "description": "The plan's name."
          },
          "limits": {
            "$ref": "#/components/schemas/PlanLimits",
            "description": "The plan's limits. Responses of older servers do not have them."
          }
        }
      },
      "NumberLimits": {
        "type": "object",
        "description": "The phone numbers that the account uses, and the limit of its plan. `remaining` is `limit` less `used`.",
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
            "description": "The phone numbers in use."
          },
          "limit": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The phone numbers that the plan allows."
          },
          "remaining": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The phone numbers that the account may still add."
          }
        }
      },
      "UsageStats": {
        "type": "object",
        "description": "The account's counts. A count of a longer span is at least the count of a shorter span inside it. Successful and failed deliveries together are at most all deliveries.",
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
            "description": "The number of messages of all time, inbound and outbound."
          },
          "messagesLast24h": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages of the last 24 hours."
          },
          "messagesLast7d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages of the last 7 days."
          },
          "messagesLast30d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages of the last 30 days."
          },
          "totalCalls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls of all time."
          },
          "callsLast24h": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls of the last 24 hours."
          },
          "callsLast7d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls of the last 7 days."
          },
          "callsLast30d": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls of the last 30 days."
          },
          "totalWebhookDeliveries": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of webhook deliveries of all time."
          },
          "successfulWebhookDeliveries": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of webhook deliveries that succeeded."
          },
          "failedWebhookDeliveries": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of webhook deliveries that failed."
          },
          "smsSegmentsLast30d": {
            "type": [
              "integer",
              "null"
            ],
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of SMS segments of the last 30 days. Only responses of newer servers have it."
          }
        }
      },
      "UsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage`. `periodEnd` does not come before `periodStart`.",
        "required": [
          "numbers",
          "stats"
        ],
        "properties": {
          "plan": {
            "$ref": "#/components/schemas/PlanInfo",
            "description": "The account's plan. Responses of newer servers do not have it."
          },
          "numbers": {
            "$ref": "#/components/schemas/NumberLimits",
            "description": "The account's phone numbers."
          },
          "stats": {
            "$ref": "#/components/schemas/UsageStats",
            "description": "The account's counts."
          },
          "periodStart": {
            "type": "string",
            "format": "date-time",
            "description": "The first second of the current period, in RFC 3339 format. Responses of older servers do not have it."
          },
          "periodEnd": {
            "type": "string",
            "format": "date-time",
            "description": "The last second of the current period, in RFC 3339 format. Responses of older servers do not have it."
          },
          "reportGeneratedAt": {
            "type": [
              "string",
              "null"
            ],
            "description": "The time at which the server made the response. Only responses of newer servers have it."
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
            "description": "The day, `YYYY-MM-DD`."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages, inbound and outbound."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls."
          },
          "webhooks": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of webhook deliveries. 0 in a response computed from records, which do not contain deliveries."
          }
        }
      },
      "DailyUsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage/daily`. Every day has a row. The rows are in order, without duplicates and without gaps.",
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
            "description": "One row for each day, the newest day last."
          },
          "days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 365,
            "description": "The number of days."
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
            "description": "The month, `YYYY-MM`."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages, inbound and outbound."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls."
          },
          "webhooks": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of webhook deliveries. 0 in a response computed from records, which do not contain deliveries."
          }
        }
      },
      "MonthlyUsageResponse": {
        "type": "object",
        "description": "The body of `GET /v1/usage/monthly`. Every month has a row. The rows are in order, without duplicates and without gaps.",
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
            "description": "One row for each month, the newest month last."
          },
          "months": {
            "type": "integer",
            "minimum": 1,
            "maximum": 24,
            "description": "The number of months."
          }
        }
      },
      "NumberUsageItem": {
        "type": "object",
        "description": "The usage of one phone number. An unknown text is `\"\"`. No two rows have equal ids.",
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
            "description": "The id of the phone number. `\"\"` for usage without a phone number."
          },
          "phoneNumber": {
            "type": "string",
            "description": "The phone number in the form that people read."
          },
          "country": {
            "type": "string",
            "description": "The country of the phone number. `\"\"` in a response computed from records, which do not contain it."
          },
          "status": {
            "type": "string",
            "description": "The status of the phone number. `\"\"` in a response computed from records, which do not contain it."
          },
          "agentId": {
            "type": [
              "string",
              "null"
            ],
            "description": "The id of the agent that has the phone number. In a response computed from records, it is the agent of all of the phone number's usage, if there is only one."
          },
          "agentName": {
            "type": [
              "string",
              "null"
            ],
            "description": "The name of the agent that has the phone number."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages, inbound and outbound."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of calls."
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
            "description": "One row for each phone number."
          }
        }
      },
      "ParameterError": {
        "type": "object",
        "description": "An error of one parameter, in the format of FastAPI.",
        "required": [
          "type",
          "loc",
          "msg"
        ],
        "properties": {
          "type": {
            "type": "string",
            "description": "The kind of error: a word for programs."
          },
          "loc": {
            "type": "array",
            "items": {
              "type": [
                "string",
                "integer"
              ]
            },
            "description": "The place of the parameter, such as `[\"query\", \"period\"]`."
          },
          "msg": {
            "type": "string",
            "description": "What the parameter should be."
          },
          "input": {
            "description": "The value of the request."
          },
          "ctx": {
            "description": "The limits that the value breaks; for an unknown zone `did_you_mean`, the zone that it may mean, and a `reason`."
          }
        }
      },
      "ParameterErrorResponse": {
        "type": "object",
        "description": "The body of a response with status 422.",
        "required": [
          "detail"
        ],
        "properties": {
          "detail": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/ParameterError"
            },
            "description": "Every error of the parameters."
          }
        }
      },
      "ErrorDetail": {
        "type": "object",
        "description": "One detail of an error.",
        "required": [
          "field",
          "message",
          "type"
        ],
        "properties": {
          "field": {
            "type": "string",
            "description": "A JSON Pointer to the wrong value, or the name of a parameter."
          },
          "message": {
            "type": "string",
            "description": "What is wrong with the value."
          },
          "type": {
            "type": "string",
            "description": "The kind of error: a word for programs."
          }
        }
      },
      "ErrorInfo": {
        "type": "object",
        "description": "An error.",
        "required": [
          "message",
          "code",
          "type",
          "details"
        ],
        "properties": {
          "message": {
            "type": "string",
            "description": "What went wrong, in words for people."
          },
          "code": {
            "type": "string",
            "description": "The error's code: a word for programs."
          },
          "type": {
            "type": "string",
            "description": "The group of errors that the code belongs to."
          },
          "details": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/ErrorDetail"
            },
            "description": "Details of the error. The list may be empty."
          }
        }
      },
      "ErrorResponse": {
        "type": "object",
        "description": "The body of an error with any status except 422.",
        "required": [
          "error"
        ],
        "properties": {
          "error": {
            "$ref": "#/components/schemas/ErrorInfo",
            "description": "The error."
          }
        }
      },
      "BreakdownSeries": {
        "type": "object",
        "description": "The usage of a row over time.",
        "required": [
          "messages",
          "calls",
          "totalSeconds"
        ],
        "properties": {
          "messages": {
            "type": "array",
            "items": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Messages of the step."
            },
            "description": "One value for each step."
          },
          "calls": {
            "type": "array",
            "items": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Completed calls of the step."
            },
            "description": "One value for each step."
          },
          "totalSeconds": {
            "type": "array",
            "items": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Call seconds of the step."
            },
            "description": "One value for each step."
          }
        }
      },
      "BreakdownStep": {
        "type": "object",
        "description": "One step. The first and the last step are cut to the window.",
        "required": [
          "start",
          "startMs",
          "endMs"
        ],
        "properties": {
          "start": {
            "type": "string",
            "description": "A local date; of hours the local time with its offset, `YYYY-MM-DDTHH:MM±hh:mm`."
          },
          "startMs": {
            "type": "integer",
            "description": "The first instant, in epoch milliseconds."
          },
          "endMs": {
            "type": "integer",
            "description": "The first instant after the step, in epoch milliseconds."
          }
        }
      },
      "BreakdownRow": {
        "type": "object",
        "description": "One row: its values in the dimensions of the query, and its usage.",
        "required": [
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
            "description": "The agent's id; null for usage without an agent."
          },
          "agentName": {
            "type": "string",
            "description": "The agent's name."
          },
          "numberId": {
            "type": "string",
            "description": "The id of the phone number; empty for usage without one."
          },
          "phoneNumber": {
            "type": "string",
            "description": "The phone number; empty if the records do not contain it."
          },
          "channel": {
            "type": "string",
            "description": "The channel; empty for usage without one; `other` for all but the 64 most used ones."
          },
          "direction": {
            "type": "string",
            "enum": [
              "",
              "inbound",
              "outbound",
              "web"
            ],
            "description": "The direction; empty for usage without one."
          },
          "weekday": {
            "type": "string",
            "enum": [
              "monday",
              "tuesday",
              "wednesday",
              "thursday",
              "friday",
              "saturday",
              "sunday"
            ],
            "description": "The local day of the week."
          },
          "hour": {
            "type": "integer",
            "minimum": 0,
            "maximum": 23,
            "description": "The local hour."
          },
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of completed calls."
          },
          "totalSeconds": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The duration of the completed calls, in whole seconds."
          },
          "series": {
            "$ref": "#/components/schemas/BreakdownSeries"
          }
        }
      },
      "BreakdownTotals": {
        "type": "object",
        "description": "The sums of all rows.",
        "required": [
          "messages",
          "calls",
          "totalSeconds"
        ],
        "properties": {
          "messages": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of messages."
          },
          "calls": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The number of completed calls."
          },
          "totalSeconds": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991,
            "description": "The duration of the completed calls, in whole seconds."
          }
        }
      },
      "Breakdown": {
        "type": "object",
        "description": "The usage of a window by rows, and over time if there are steps.",
        "required": [
          "from",
          "to",
          "startMs",
          "endMs",
          "tz",
          "rows",
          "totals"
        ],
        "properties": {
          "from": {
            "type": "string",
            "format": "date-time",
            "description": "The first instant of the window."
          },
          "to": {
            "type": "string",
            "format": "date-time",
            "description": "The first instant after the window."
          },
          "startMs": {
            "type": "integer",
            "description": "`from` in epoch milliseconds."
          },
          "endMs": {
            "type": "integer",
            "description": "`to` in epoch milliseconds."
          },
          "tz": {
            "type": "string",
            "description": "The zone's name as the tz database spells it."
          },
          "steps": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/BreakdownStep"
            },
            "description": "The steps, if the query has a `step`."
          },
          "rows": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/BreakdownRow"
            },
            "description": "The rows. Those with most messages come first, and usage without an agent is last."
          },
          "totals": {
            "$ref": "#/components/schemas/BreakdownTotals"
          }
        }
      }
    }
  }
};
