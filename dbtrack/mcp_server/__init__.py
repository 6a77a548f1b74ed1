"""Answer the questions of programs that speak the Model Context Protocol (MCP), such as coding agents.

Every tool is a report, and reads. The protocol: https://modelcontextprotocol.io/specification
"""
