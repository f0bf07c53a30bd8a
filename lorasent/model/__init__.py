"The network that is trained: encoder, head and method; and the baselines that have none."
