"""The live stream: each visible event once and in order, over a WebSocket or as a list, from any cursor on."""
